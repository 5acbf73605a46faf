/** A device crashes while a wallet is made. */
import { crashIn } from './slice.fixture.ts'

crashIn('key generation', 'last confirmation')
