import type { Preview } from '@trivet/protocol/intent'

/** What a person has to do before signing: nothing, tick a box, or type a word because nobody can see here what it does. */
export type Caution = 'none' | 'tick' | 'type'

/** How `chains` says it, in every warning about content that it cannot decode. */
const UNREADABLE = 'Trivet cannot read'

export function cautionOf(preview: Preview): Caution {
  const dangers = preview.warnings.filter(({ level }) => level === 'danger')
  if (dangers.some(({ text }) => text.includes(UNREADABLE))) return 'type'
  return dangers.length > 0 ? 'tick' : 'none'
}
