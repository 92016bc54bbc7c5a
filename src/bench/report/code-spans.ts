/** A stretch of text. */
interface Span {
  readonly text: string;
  /** It stood between backticks. */
  readonly isCode: boolean;
}

/** Running text, and what stands in it between a pair of backticks; a backtick alone is text. */
export function codeSpans(text: string): Span[] {
  return text
    .split(/`([^`]+)`/)
    .map((part, place) => ({ text: part, isCode: place % 2 === 1 }))
    .filter((span) => span.text !== '');
}
