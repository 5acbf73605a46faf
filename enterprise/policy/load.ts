import { readFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'
import { problemLine, problemsOf } from '../problems.ts'
import { PolicyFile, type PolicyRules } from './schema.ts'

/** Names of the refusals that come from no rule of the file. */
export const BUILT_IN = {
  none: 'no-policy', unreadable: 'policy-file', default: 'deny-by-default', slow: 'policy-slow', failed: 'policy-failed',
  banned: 'banned', failing: 'set-up-failed',
} as const

/** The rules, or why there are none: then everything is refused with this rule and reason. Crosses to the worker as it is. */
export type PolicySource =
  | { readonly kind: 'rules'; readonly rules: PolicyRules }
  | { readonly kind: 'none'; readonly rule: string; readonly reason: string }

/** Reads the policy file once, at the start. Never rejects: a policy that cannot be read is one that refuses. */
export async function loadPolicy(file: string | undefined): Promise<PolicySource> {
  if (file === undefined) return { kind: 'none', rule: BUILT_IN.none, reason: 'no policy file is configured' }
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return unreadable(isMissing(error) ? 'the policy file is missing' : 'the policy file cannot be read')
  }
  return parsePolicy(text)
}

/** @param text YAML */
export function parsePolicy(text: string): PolicySource {
  // No aliases: they make a small file into a large value.
  const document = parseDocument(text, { uniqueKeys: true })
  const broken = document.errors[0]
  if (broken !== undefined) return unreadable(`the policy file is no YAML: ${firstLine(broken.message)}`)
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 0 })
  } catch {
    return unreadable('the policy file uses YAML aliases, which are not allowed')
  }
  const parsed = PolicyFile.safeParse(value, { reportInput: true })
  return parsed.success ? { kind: 'rules', rules: parsed.data } : unreadable(`the policy file is wrong at ${problemLine(problemsOf(parsed.error))}`)
}

function unreadable(reason: string): PolicySource {
  return { kind: 'none', rule: BUILT_IN.unreadable, reason }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
