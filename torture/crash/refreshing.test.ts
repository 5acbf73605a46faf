/** A device crashes while the shares of a wallet are made anew. */
import { crashIn } from './slice.fixture.ts'

crashIn('refresh', 'device dropped')
