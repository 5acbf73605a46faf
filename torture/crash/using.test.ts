/** A device crashes while a wallet is used. */
import { crashIn } from './slice.fixture.ts'

crashIn('FROST signature', 'ECDSA signature', 'signature in advance', 'repair of a pair')
