/** Trusted Types: what turns text into code goes through a named policy (`docs/decisions/0015-page-hardening.md`). */

/** As much of `window` as is needed, which TypeScript's own description of it lacks; a browser without Trusted Types has no `trustedTypes`. */
export interface TrustedTypesScope {
  readonly trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(url: string): string }): {
      /** @returns a `TrustedScriptURL`, which a worker's constructor takes in place of a string */
      createScriptURL(url: string): string
    }
  }
}

/** As the content security policy names it. */
export const POLICY = 'trivet-worker'

/**
 * The only policy of ours. Everything else that could become code (markup, scripts, other addresses) has none, so that a browser that
 * enforces Trusted Types refuses it.
 * @param own address of the page's worker: the one that passes
 * @returns the same address, as a worker's constructor takes it
 */
export function trustedWorkerUrl(own: string, scope: object): string {
  const { trustedTypes }: TrustedTypesScope = scope
  const policy = trustedTypes?.createPolicy(POLICY, {
    createScriptURL(url) {
      if (url !== own) throw new TypeError('only the page’s own worker may be started')
      return url
    },
  })
  return policy?.createScriptURL(own) ?? own
}
