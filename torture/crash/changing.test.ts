/** A device crashes while the devices of a wallet change. */
import { crashIn } from './slice.fixture.ts'

crashIn('device added', 'wallet handed over', 'last confirmation of a change')
