import { ROLE_PERMISSIONS, type Decision, type Permission, type Role } from '@trivet/party'
import { ApiError } from './errors.ts'

/** @throws ApiError forbidden, when this party's role does not include it */
export function requirePermission(role: Role, permission: Permission): void {
  if (!ROLE_PERMISSIONS[role].includes(permission)) {
    throw new ApiError('forbidden', `This party's role ${role} does not include ${permission}.`, { details: { role } })
  }
}

/** Nobody sits at this door, so a policy that would ask a person has not said yes. @throws ApiError policy_refused, naming the rule */
export function requireApproval(decision: Decision): void {
  if (decision.answer === 'approve') return
  const { rule, reason } = decision.answer === 'decline' ? decision : { rule: 'ask', reason: 'a person would have to be asked' }
  throw new ApiError('policy_refused', `The policy says no: ${reason}.`, { details: { rule } })
}
