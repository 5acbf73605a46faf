/** Who of two members is A, the base-OT receiver, and who B. Source: `protocol.md` §B. */
import { Bug, type Pid } from '../../core/errors.ts'

/**
 * By rank, not by choice: for ranks a < b the lower one is A if a + b is odd, else the higher one. So everybody is A in half of
 * its pairs, and the work, which the roles share unequally, is spread.
 * @param members all of the roster
 */
export function isA(me: Pid, peer: Pid, members: readonly Pid[]): boolean {
  const rank = (pid: Pid): number => members.filter((other) => other <= pid).length
  if (me === peer || !members.includes(me) || !members.includes(peer)) throw new Bug('expected two different members')
  const isOdd = (rank(me) + rank(peer)) % 2 === 1
  return (me < peer) === isOdd
}
