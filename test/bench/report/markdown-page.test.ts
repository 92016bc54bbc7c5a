import { describe, expect, it } from 'vitest';
import { escapeMarkdown, markdownPage } from '../../../src/bench/report/markdown-page.ts';
import { numberColumn, type ReportDocument, textColumn } from '../../../src/bench/report/report-document.ts';

const DOCUMENT: ReportDocument = {
  title: 'A | question',
  introduction: 'First words.',
  summary: 'What came out.',
  sections: [
    {
      title: 'Part',
      blocks: [
        {
          kind: 'table',
          table: { columns: [textColumn('Name'), numberColumn('Value')], rows: [['a|b', '1']] },
        },
        { kind: 'list', items: ['one', 'two'] },
        { kind: 'figure', chart: 'phases', title: 'Phases', caption: 'Caption.' },
        { kind: 'folded', summary: 'More', blocks: [{ kind: 'code', text: '{}' }] },
      ],
    },
  ],
};

describe('the Markdown report', () => {
  it('has every block in Markdown', () => {
    expect(markdownPage(DOCUMENT)).toBe(`# A \\| question

First words.

What came out.

## Part

| Name | Value |
| :-- | --: |
| a\\|b | 1 |

- one
- two

### Phases

![Phases](charts/phases.svg)

Caption. [SVG](charts/phases.svg), [PNG](charts/phases.png), [Vega-Lite](charts/phases.vl.json)

<details><summary>More</summary>

\`\`\`json
{}
\`\`\`

</details>
`);
  });

  it.each([
    ['`busyShare` is *not* `a_share`', '`busyShare` is \\*not\\* `a_share`'],
    ['`<b>` & `x|y`', '`<b>` &amp; `x|y`'],
    ['a ` alone', 'a \\` alone'],
    ['two\nlines of `a\n b`', 'two lines of `a b`'],
    ['- no `list`', '\\- no `list`'],
  ])('shows what stands between backticks as code: %j', (introduction, shown) => {
    const page = markdownPage({ ...DOCUMENT, introduction, sections: [] });
    expect(page.split('\n\n')[1]).toBe(shown);
  });

  it('leaves out an introduction that nobody wrote', () => {
    expect(markdownPage({ ...DOCUMENT, introduction: null, sections: [] })).toBe(
      '# A \\| question\n\nWhat came out.\n',
    );
  });
});

describe('text in Markdown', () => {
  it.each([
    ['a *b* _c_ `d`', 'a \\*b\\* \\_c\\_ \\`d\\`'],
    ['<script>&', '&lt;script&gt;&amp;'],
    ['[x](y)', '\\[x\\](y)'],
    ['two\nlines', 'two lines'],
    ['- no list', '\\- no list'],
    ['1. no list', '\\1. no list'],
  ])('%j becomes %j', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });
});
