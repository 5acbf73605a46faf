import { en, type Text } from '../text/en.ts'
import { zh } from '../text/zh.ts'
import { ago } from './ago.ts'

const CATALOGUES = { en, zh } as const satisfies Record<string, Text>
export type LanguageCode = keyof typeof CATALOGUES
export const LANGUAGES: readonly LanguageCode[] = ['en', 'zh']

/** Which language the page speaks; a person's choice outlives a reload. */
export class Language {
  readonly #store: Pick<Storage, 'getItem' | 'setItem'> | undefined
  #code = $state<LanguageCode>('en')
  #dates = $state.raw(datesIn('en'))
  #spans = $state.raw(spansIn('en'))

  /** @param store where the choice is kept; @param preferred the browser's languages, best first */
  constructor(store: Pick<Storage, 'getItem' | 'setItem'> | undefined, preferred: readonly string[]) {
    this.#store = store
    const wanted = [store?.getItem('language') ?? '', ...preferred].map((tag) => tag.slice(0, 2))
    this.#code = LANGUAGES.find((code) => code === wanted.find((tag) => tag === 'en' || tag === 'zh')) ?? 'en'
    this.#dates = datesIn(this.#code)
    this.#spans = spansIn(this.#code)
  }

  get code(): LanguageCode {
    return this.#code
  }
  get text(): Text {
    return CATALOGUES[this.#code]
  }

  /** Writes days and times. */
  get dates(): Intl.DateTimeFormat {
    return this.#dates
  }

  /** "3 hours ago". @param at ms since epoch @param now ms since epoch */
  ago(at: number, now: number): string {
    return ago(at, now, this.#spans, this.text.common.justNow)
  }

  choose(code: LanguageCode): void {
    this.#code = code
    this.#dates = datesIn(code)
    this.#spans = spansIn(code)
    this.#store?.setItem('language', code)
  }
}

/** Browsers take tens of milliseconds to make one: it is there before a screen wants it. */
function datesIn(code: LanguageCode): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(code, { dateStyle: 'long', timeStyle: 'short' })
}

function spansIn(code: LanguageCode): Intl.RelativeTimeFormat {
  return new Intl.RelativeTimeFormat(code, { numeric: 'auto' })
}

export function nameOf(code: LanguageCode): string {
  return CATALOGUES[code].languageName
}
