import { InputError } from '@trivet/protocol/core'

/** Permissions of everybody but the owner. */
const OTHERS = 0o077

/** @throws InputError naming the setting, when others than the owner may use the file; Windows has no such modes */
export function refuseOpenMode(setting: string, path: string, mode: number): void {
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return
  throw new InputError(setting, `${path} has mode ${(mode & 0o777).toString(8).padStart(4, '0')}: others may use it. Set it to 0600 (chmod 600 ${path})`)
}
