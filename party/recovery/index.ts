/**
 * A wallet's keys out of the backup files of enough of its devices, without any of the devices: for the recovery page and the
 * command. After it each key is in one place.
 */
export { wipeShares } from '../wallets/wallet.ts'
export { openPiece, peek, type Piece } from './piece.ts'
export { misfit, missing, type Misfit, type Missing } from './pieces.ts'
export { recoverKeys, type RecoveredKey } from './recover-keys.ts'
