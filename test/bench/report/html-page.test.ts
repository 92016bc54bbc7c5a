import { describe, expect, it } from 'vitest';
import { escapeHtml, htmlPage } from '../../../src/bench/report/html-page.ts';
import {
  longColumn,
  numberColumn,
  type ReportDocument,
  textColumn,
} from '../../../src/bench/report/report-document.ts';

const HOSTILE = `<img src=x onerror="alert('1')">&`;

function aDocument(overrides: Partial<ReportDocument> = {}): ReportDocument {
  return { title: 'A question', introduction: null, summary: 'What came out.', sections: [], ...overrides };
}

describe('the HTML report', () => {
  it('shows every text as it is and runs none of it', () => {
    const page = htmlPage(
      aDocument({
        title: HOSTILE,
        introduction: HOSTILE,
        summary: HOSTILE,
        sections: [
          {
            title: HOSTILE,
            blocks: [
              { kind: 'paragraph', text: HOSTILE },
              { kind: 'list', items: [HOSTILE] },
              { kind: 'table', table: { columns: [textColumn(HOSTILE)], rows: [[HOSTILE]] } },
              { kind: 'code', text: HOSTILE },
              { kind: 'folded', summary: HOSTILE, blocks: [] },
              { kind: 'figure', chart: 'phases', title: HOSTILE, caption: HOSTILE },
            ],
          },
        ],
      }),
      new Map([['phases', { svg: '<svg></svg>', isPlayable: false }]]),
    );
    expect(page).not.toContain('<img');
    expect(page).not.toContain(`'1'`);
    expect(page.split(escapeHtml(HOSTILE)).length - 1).toBe(13);
  });

  it.each([
    ['`busyShare` of a `<run>`', '<code>busyShare</code> of a <code>&lt;run&gt;</code>'],
    ['a ` alone', 'a ` alone'],
    ['an empty ``', 'an empty ``'],
  ])('shows what stands between backticks as code: %j', (introduction, shown) => {
    const page = htmlPage({ title: '', introduction, summary: '', sections: [] }, new Map());
    expect(page).toContain(`<p class="introduction">${shown}</p>`);
  });

  it('holds the drawing of each chart and names it for those who cannot see it', () => {
    const section = {
      title: 'Charts',
      blocks: [{ kind: 'figure', chart: 'phases', title: 'Phases', caption: 'C' }],
    } as const;
    const drawing = { svg: '<svg width="1"></svg>', isPlayable: false };
    const page = htmlPage(aDocument({ sections: [section] }), new Map([['phases', drawing]]));
    expect(page).not.toContain('checkbox');
    expect(page).toContain('<svg role="img" aria-label="Phases" width="1"></svg>');
    expect(page).toContain('<a href="charts/phases.png">PNG</a>');
  });

  it('sets numbers to the right and lets long texts break', () => {
    const table = { columns: [textColumn('A'), numberColumn('B'), longColumn('C')], rows: [['a', '1', 'c']] };
    const page = htmlPage(
      aDocument({ sections: [{ title: 'T', blocks: [{ kind: 'table', table }] }] }),
      new Map(),
    );
    expect(page).toContain('<tr><td>a</td><td class="number">1</td><td class="long">c</td></tr>');
  });

  it('needs no network', () => {
    const page = htmlPage(aDocument(), new Map());
    expect(page).not.toMatch(/<script|<link [^>]*stylesheet|@import|url\(|https?:/);
  });

  it('has a dark and a printed form', () => {
    const page = htmlPage(aDocument(), new Map());
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('@media print');
  });
});
