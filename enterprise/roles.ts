import type { Role } from '@trivet/party'

export type Permission = 'keygen' | 'reshare' | 'sign'

/** What a party of each role may take part in. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  'third-party': ['keygen'],
  enterprise: ['keygen', 'reshare', 'sign'],
  'mobile-app': ['keygen', 'reshare', 'sign'],
}
