import { expect, it } from 'vitest'
import { POLICY, trustedWorkerUrl, type TrustedTypesScope } from './trusted-types.ts'

const OWN = 'https://wallet.example/assets/worker-abc123.js'

/** A browser with Trusted Types, and the policies made in it. */
function browser(): { readonly scope: TrustedTypesScope; readonly policies: Map<string, (url: string) => string> } {
  const policies = new Map<string, (url: string) => string>()
  const createPolicy: NonNullable<TrustedTypesScope['trustedTypes']>['createPolicy'] = (name, rules) => {
    policies.set(name, (url) => rules.createScriptURL(url))
    return { createScriptURL: (url) => `trusted ${rules.createScriptURL(url)}` }
  }
  return { scope: { trustedTypes: { createPolicy } }, policies }
}

it('gives the worker’s address through the one policy that the headers name', () => {
  const { scope, policies } = browser()
  expect(trustedWorkerUrl(OWN, scope)).toBe(`trusted ${OWN}`)
  expect([...policies.keys()]).toEqual([POLICY])
})

it.each([
  'https://evil.example/worker.js', '/assets/worker-abc123.js', `${OWN}#`, `${OWN}?x`, 'data:text/javascript,alert(1)', 'blob:https://wallet.example/1', '',
])('lets no other address pass: %s', (url) => {
  const { scope, policies } = browser()
  trustedWorkerUrl(OWN, scope)
  expect(() => policies.get(POLICY)?.(url)).toThrow('only the page’s own worker may be started')
})

it('gives the plain address where the browser has no Trusted Types', () => {
  expect(trustedWorkerUrl(OWN, {})).toBe(OWN)
})
