/**
 * Who may import what, and why not. The direction is protocol ← party ← {web, enterprise} ← cli, with chains beside and
 * signalling apart; `docs/architecture.md` shows it as a picture.
 *
 * @typedef {object} Import
 * @property {string} from importing file, from the root
 * @property {string} specifier as written
 * @property {boolean} typeOnly gone once compiled
 *
 * @typedef {object} Zone
 * @property {string} why the reason a person reads who broke the rule
 * @property {readonly string[]} values siblings it may import, by package or by one entry of it
 * @property {readonly string[]} [types] siblings of which it may import types only
 * @property {readonly string[]} [tests] siblings that its tests may start as well
 */

/** @type {Readonly<Record<string, Zone>>} */
const zones = {
  protocol: { values: [], why: 'protocol is pure: what it needs from outside is handed to it as an argument' },
  chains: {
    // Which key signs is derived by whoever shows the intent, with the very function that the signers derive it with.
    values: ['protocol/derive'], types: ['protocol'],
    why: 'chains explains intents and must stay usable without any party: of protocol it knows the types, and the derivation of keys',
  },
  signalling: { values: [], why: 'signalling relays what it must not understand: it knows neither protocol nor party' },
  party: {
    values: ['protocol', 'signalling/wire'],
    tests: ['signalling'],
    why: 'party is given what it shows and signs (interpret) and knows of signalling only the wire; it runs in browser and Node alike',
  },
  web: { values: ['party', 'chains', 'protocol'], types: ['signalling/wire'], why: 'web drives a party through its interface; servers are not part of a page' },
  enterprise: {
    values: ['party', 'chains', 'protocol'], types: ['signalling/wire'],
    why: 'enterprise is a party among others: it reaches signalling through party/transport, and knows no page and no command line',
  },
  cli: {
    values: ['enterprise', 'signalling', 'party', 'chains', 'protocol'],
    why: 'cli starts the parts, and recovers keys from backup files with what party and chains give; it knows no page',
  },
  e2e: { values: ['protocol', 'party', 'chains', 'signalling', 'enterprise', 'cli'], why: 'e2e sees the page as a person does, in a browser' },
  bench: { values: ['protocol', 'party', 'chains', 'signalling', 'enterprise', 'cli', 'e2e/person', 'e2e/table'], why: 'bench measures the page in a browser' },
  torture: { values: ['protocol', 'party', 'signalling/wire'], why: 'torture attacks the protocols, and whole parties on a network of its own' },
  scripts: { values: [], why: 'scripts run before anything is built' },
}

const noPlatform = new Set(['protocol', 'party', 'chains', 'web'])
const forTests = /\.test\.ts$|(^|\/)testing(\/|\.ts$)|\.fixture\.ts$|(^|\/)test\/|^(e2e|bench|torture)\/|\/dev\//

/** Packages that one place wraps, so that they can be replaced there. */
const confined = [
  { name: 'simple-peer', only: /^party\/transport\/|^web\/vite/, why: 'simple-peer is confined to party/transport behind the channel interface, so that it can be replaced' },
  { name: 'webcrypto-liner', only: /^web\/platform\//, why: 'webcrypto-liner is loaded in one file of web/platform, where WebCrypto lacks something' },
]

/**
 * @param {Import} found
 * @returns {string | undefined} what is wrong with it, as a sentence with its reason
 */
export function breach({ from, specifier, typeOnly }) {
  const folder = from.split('/')[0] ?? ''
  const zone = zones[folder]
  if (zone === undefined) return undefined
  const isTest = forTests.test(from)
  const sibling = siblingOf(specifier)
  if (sibling !== undefined) return siblingBreach({ folder, zone, sibling, typeOnly, isTest })
  if (leaves(from, specifier)) return 'a relative path leaves the folder: import the package by name (@trivet/…), whose exports say what is public'
  if (specifier.startsWith('node:') && noPlatform.has(folder) && !isTest) {
    return `${folder} runs in a browser as well: clock, randomness, network and files are handed to it`
  }
  const guard = confined.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))
  if (guard !== undefined && !guard.only.test(from) && !typeOnly && !isTest) return guard.why
  return undefined
}

/** @param {{ folder: string, zone: Zone, sibling: string, typeOnly: boolean, isTest: boolean }} found */
function siblingBreach({ folder, zone, sibling, typeOnly, isTest }) {
  const [name = '', entry] = sibling.split('/')
  if (name === folder) return 'a folder imports itself by relative path, not by its package name'
  const allowed = typeOnly ? [...zone.values, ...zone.types ?? []] : zone.values
  // A folder's tests may use what tests of a folder it imports use.
  if (isTest && zone.tests?.includes(name) === true) return undefined
  if (isTest && entry === 'testing' && [...zone.values, ...zone.types ?? []].includes(name)) return undefined
  if (entry === 'testing' && !isTest) return 'testing entries are for tests alone'
  if (allowed.includes(name) || allowed.includes(sibling)) return undefined
  const asType = !typeOnly && (zone.types ?? []).some((type) => type === name || type === sibling)
  return `${folder} must not import ${sibling}${asType ? ' but for its types' : ''}: ${zone.why}`
}

/** @param {string} specifier */
function siblingOf(specifier) {
  return specifier.startsWith('@trivet/') ? specifier.slice('@trivet/'.length) : undefined
}

/**
 * @param {string} from
 * @param {string} specifier
 */
function leaves(from, specifier) {
  if (!specifier.startsWith('.')) return false
  const [folder = ''] = from.split('/')
  return !new URL(specifier, `file:///${from}`).pathname.startsWith(`/${folder}/`)
}
