import { reject, requireNonNegative, requirePositive, requireRate } from './domain.ts';

/** A connection over a path that loses packets. */
export interface LossyPath {
  /** Payload of a packet [byte]. */
  readonly segmentBytes: number;
  readonly roundTripS: number;
  /** Share of the packets that is lost, independently. */
  readonly loss: number;
}

/** Above this loss waits for timeouts make up much of the time, which Mathis et al. leave out: see the test beside Padhye et al. */
export const MOST_LOSS_BY_MATHIS = 0.02;
/** The approximation of Padhye et al. is meant for small shares: their full model and their traces end at about a tenth. */
export const MOST_LOSS_BY_PADHYE = 0.1;

/**
 * Rate of a long transfer [byte/s] where each loss halves the window: segment / round trip x sqrt(3 / (2 p)) (Mathis,
 * Semke, Mahdavi & Ott 1997, for an acknowledgement of each packet). Infinity without loss.
 */
export function mathisBps({ segmentBytes, roundTripS, loss }: LossyPath): number {
  requirePath({ segmentBytes, roundTripS, loss }, MOST_LOSS_BY_MATHIS);
  return (segmentBytes / roundTripS) * Math.sqrt(3 / (2 * loss));
}

/**
 * The same with timeouts (Padhye, Firoiu, Towsley & Kurose 1998, their approximation; RFC 5348, section 3.1):
 * segment / (round trip x sqrt(2 p / 3) + timeout x min(1, 3 sqrt(3 p / 8)) x p x (1 + 32 p^2)).
 * @param timeoutS T_0: the first wait for an acknowledgement before a packet is sent again
 */
export function padhyeBps({ segmentBytes, roundTripS, loss }: LossyPath, timeoutS: number): number {
  requirePath({ segmentBytes, roundTripS, loss }, MOST_LOSS_BY_PADHYE);
  requireNonNegative({ timeoutS });
  const halvingS = roundTripS * Math.sqrt((2 * loss) / 3);
  const waitingS = timeoutS * Math.min(1, 3 * Math.sqrt((3 * loss) / 8)) * loss * (1 + 32 * loss * loss);
  return segmentBytes / (halvingS + waitingS);
}

function requirePath({ segmentBytes, roundTripS, loss }: LossyPath, mostLoss: number): void {
  requirePositive({ segmentBytes, roundTripS });
  requireNonNegative({ loss });
  if (loss > mostLoss) reject({ loss }, `a share up to ${mostLoss}`);
}

/**
 * Time of a transfer over a new connection: the first window is sent in the first round trip, twice as much in each
 * further one, until the rate is what the path carries.
 * @param firstWindowBytes ten segments by RFC 6928
 */
export function slowStartS(transfer: {
  readonly bytes: number;
  readonly firstWindowBytes: number;
  readonly roundTripS: number;
  readonly rateBps: number;
}): number {
  const { bytes, firstWindowBytes, roundTripS, rateBps } = transfer;
  requirePositive({ bytes, firstWindowBytes, roundTripS });
  requireRate({ rateBps });
  let leftBytes = bytes;
  let passedS = 0;
  let windowBytes = firstWindowBytes;
  while (windowBytes < rateBps * roundTripS) {
    if (leftBytes <= windowBytes) return passedS + (leftBytes / windowBytes) * roundTripS;
    leftBytes -= windowBytes;
    passedS += roundTripS;
    windowBytes *= 2;
  }
  return passedS + leftBytes / rateBps;
}
