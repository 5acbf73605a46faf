import type { Role } from '@trivet/protocol/core'

export type Permission = 'keygen' | 'reshare' | 'sign'

/**
 * What a party of each role may take part in; `reshare` is every ceremony that gives a key new shares, an import too. Each party holds
 * itself and everybody else to it: a role is signed in its identity card and in the roster of each wallet.
 */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  'third-party': ['keygen'],
  enterprise: ['keygen', 'reshare', 'sign'],
  'mobile-app': ['keygen', 'reshare', 'sign'],
}

/** The first of these whose role does not include it. */
export function firstWithout<M extends { readonly card: { readonly role: Role } }>(permission: Permission, members: readonly M[]): M | undefined {
  return members.find(({ card }) => !ROLE_PERMISSIONS[card.role].includes(permission))
}
