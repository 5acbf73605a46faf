/** `config.json`, which a host puts beside the page to say where its introduction server is. */
import type { Problem } from './capabilities.ts'

/**
 * @param config what the file holds; undefined where there is none
 * @param own origin of the page: the introduction server's, where the file names no other
 * @returns the origin of the introduction server, or why the file cannot be used
 */
export function introductionServer(config: unknown, own: string): string | Problem {
  if (config === undefined) return own
  const url: unknown = typeof config === 'object' && config !== null ? Object.getOwnPropertyDescriptor(config, 'signalling_url')?.value ?? '' : undefined
  if (url === '') return own
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || new URL(url).origin !== url.replace(/\/$/, '')) {
    return { code: 'bad-config', detail: 'config.json: expected { "signalling_url": "https://signalling.example" }' }
  }
  return new URL(url).origin
}

/** @param read of the file, relative to the page. @returns as `introductionServer` does */
export async function readPageConfig(read: (file: string) => Promise<Response>, own: string): Promise<string | Problem> {
  const answer = await read('./config.json').catch(() => undefined)
  if (answer?.ok !== true) return own
  return introductionServer(await answer.json().catch(() => null), own)
}
