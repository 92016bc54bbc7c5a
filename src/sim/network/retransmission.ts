import type { LinkChange, LinkModel } from '../deployment-model.ts';

/** The longest wait before a packet is sent again [s] (RFC 6298, section 2.5, allows any from 60 s on; Linux: `TCP_RTO_MAX`). */
const LONGEST_WAIT_S = 120;

/**
 * What the connections over a link notice of its changes. What a cable that is out has swallowed is sent again after the
 * timeout, and then after twice as long each time (RFC 6298, section 5.5): when the cable is back, nothing goes on before
 * the next of these.
 * @param timeoutS of a connection whose packets were acknowledged until then [s]; 0 for one that notices at once
 */
export function noticedByTcp(changes: readonly LinkChange[], timeoutS: number): LinkChange[] {
  const inOrder = changes.toSorted((one, other) => one.atS - other.atS);
  const noticed: LinkChange[] = [];
  let outSinceS: number | undefined;
  for (const [place, { atS, link }] of inOrder.entries()) {
    if (isOut(link)) {
      outSinceS ??= atS;
      noticed.push({ atS, link });
      continue;
    }
    const goesOnS = outSinceS === undefined ? atS : outSinceS + silenceS(atS - outSinceS, timeoutS);
    // What comes before anybody has noticed this is what is noticed.
    const next = inOrder[place + 1];
    if (outSinceS !== undefined && next && next.atS <= goesOnS) continue;
    noticed.push({ atS: goesOnS, link });
    outSinceS = undefined;
  }
  return noticed;
}

/** Whether a cable is out. */
export function isOut({ upBps, downBps }: LinkModel): boolean {
  return upBps === 0 || downBps === 0;
}

/** @returns from the first packet that was lost to the first that is sent again and arrives [s] */
function silenceS(outageS: number, timeoutS: number): number {
  if (timeoutS === 0) return outageS;
  let [sentAgainS, waitS] = [timeoutS, timeoutS];
  while (sentAgainS < outageS) {
    waitS = Math.min(LONGEST_WAIT_S, 2 * waitS);
    sentAgainS += waitS;
  }
  return sentAgainS;
}
