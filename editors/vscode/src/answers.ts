/** What the command `ai-lsp.review` answers once the review has ended. */
export interface ReviewAnswer {
  findings: number;
  /** Functions, types and blocks that were looked at. */
  units: number;
  /** Requests to the model. */
  calls: number;
  /** Units answered from the cache. */
  cached: number;
  /** True if a limit or a failure left something out. */
  partial?: boolean;
}

/** What the command `ai-lsp.status` answers. */
export interface StatusAnswer {
  state: string;
  detail?: string;
  /** RFC 3339; absent where nothing is waiting for a retry. */
  retryAt?: string;
  model?: string;
  tokensToday?: number;
  /** US dollars. */
  costToday?: number;
}

/** One sentence for the status bar. */
export function describeReview(answer: ReviewAnswer): string {
  const found = answer.findings === 0 ? 'nothing found' : count(answer.findings, 'finding');
  const cached = answer.cached > 0 ? `, ${answer.cached.toString()} from cache` : '';
  const partial = answer.partial === true ? '; not everything was reviewed' : '';
  return `AI Review: ${found} in ${count(answer.units, 'unit')}${cached}${partial}`;
}

/** A few short sentences for a message. */
export function describeStatus(answer: StatusAnswer): string {
  const retry = answer.retryAt === undefined ? undefined : new Date(answer.retryAt);
  const sentences = [
    `AI Review is ${answer.state}`,
    answer.detail,
    retry && `Next try at ${retry.toLocaleTimeString()}`,
    answer.model && `Model ${answer.model}`,
    answer.tokensToday === undefined
      ? undefined
      : `Today ${count(answer.tokensToday, 'token')}${cost(answer.costToday)}`,
  ];
  return sentences
    .filter((sentence) => typeof sentence === 'string')
    .filter((sentence) => sentence !== '')
    .map((sentence) => `${sentence.replace(/\.$/, '')}.`)
    .join(' ');
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

function cost(dollars: number | undefined): string {
  return dollars === undefined ? '' : `, $${dollars.toFixed(2)}`;
}
