import type { Text } from '../text/en.ts'

/** A fragment as links and invitations have it; a company's invitation may also come bare. */
const LINK = /^(?:[^#\s]*#)?(?:join|company)=|^[\w-]{60,}$/u

/**
 * What can be seen of a pasted or scanned text before the party reads it.
 * @param pageUrl address of this page
 * @returns why it leads nowhere from here; nothing of a link that looks as it should
 */
export function flawOf(link: string, pageUrl: string, text: Text): { readonly sentence: string; readonly safe: string; readonly next: string } | undefined {
  const given = link.trim()
  if (!LINK.test(given)) return text.links.none
  const host = given.includes('#join=') ? hostElsewhere(given, pageUrl) : undefined
  return host === undefined ? undefined : text.links.foreign(host)
}

/** Rooms of another page's introduction server are not known to this one's, and asking it would tell it of them. */
function hostElsewhere(link: string, pageUrl: string): string | undefined {
  if (!URL.canParse(link)) return undefined
  const { origin, host } = new URL(link)
  return origin === new URL(pageUrl).origin ? undefined : host
}
