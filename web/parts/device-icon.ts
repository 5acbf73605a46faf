/** How a device is drawn. What another's is nobody has told; somebody with a phone in hand sees a phone. */
export function deviceIcon({ role, me }: { readonly role?: string | undefined; readonly me: boolean }): 'server' | 'device' | 'phone' {
  if (role === 'enterprise') return 'server'
  return me && !isHandheld() ? 'device' : 'phone'
}

function isHandheld(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(hover: none) and (pointer: coarse)').matches
}
