/**
 * What honest parties must conclude from a field that holds a wrong value in the right form: one line for each field of each
 * message. A wrong form (length, range, point) is always shown to everybody, and everybody names its sender. Source: `protocol.md` §A.8, §I.3.
 */
import type { ErrorCode } from '../core/errors.ts'

/**
 * `all`: everybody names the cheat. `holders`: everybody but newcomers, who only see that something is wrong.
 * `receivers`: who was told it names the cheat, the others nobody, since nobody else can tell.
 * `other`: of two parties the other one is named; of more nobody can be. `nobody`: it is not known whose fault it is.
 * `late`: who was told goes on, and one party finds it out at the end, as with `other`. `maybe`: who was told it may name the cheat.
 * `passes`: nothing is wrong for anybody, or nothing is noticed yet.
 */
export interface Conclusion {
  readonly who: 'all' | 'holders' | 'receivers' | 'other' | 'nobody' | 'late' | 'maybe' | 'passes'
  /** What those who name somebody, or find nobody to name, call it. */
  readonly codes: readonly ErrorCode[]
  /** Whether the receivers ban the cheat, before they say anything else. */
  readonly bans: boolean
}

const says = (who: Conclusion['who']) => (...codes: readonly ErrorCode[]): Conclusion => ({ who, codes, bans: false })
const [all, holders, receivers, other, nobody, late, maybe] = [says('all'), says('holders'), says('receivers'), says('other'), says('nobody'), says('late'), says('maybe')]
const bans = (...codes: readonly ErrorCode[]): Conclusion => ({ who: 'receivers', codes, bans: true })
/** A claim to have heard something else, or another session, is looked into until it is known who lied. */
const claim = (...codes: readonly ErrorCode[]): Conclusion => all(...codes, 'E_EQUIVOCATE')

const CONCLUSIONS: Readonly<Record<string, Conclusion>> = {
  'keygen JOIN.nonce': claim('E_SID'),
  'keygen JOIN.ctx': claim('E_SID'),
  'keygen R1.sid': claim('E_SID'),
  // Who commits to something else than it opens also heard something else than everybody: that is seen first.
  'keygen R1.com': claim('E_ECHO', 'E_COMMIT'),
  'keygen R2.sid': claim('E_SID'),
  'keygen R2.F': claim('E_COMMIT', 'E_POP', 'E_ECHO'),
  'keygen R2.pop': claim('E_POP', 'E_ECHO'),
  'keygen R2.cc': claim('E_COMMIT', 'E_ECHO'),
  'keygen R2.blind': claim('E_COMMIT', 'E_ECHO'),
  'keygen R2.echo': claim('E_ECHO'),
  'keygen R3.sid': claim('E_SID'),
  'keygen R3.share': all('E_SHARE'),
  'keygen R3.echo': claim('E_ECHO'),
  'keygen R4.sid': claim('E_SID', 'E_FINAL'),
  'keygen R4.fin': all('E_ECHO', 'E_FINAL'),
  'keygen R4.pok': all('E_FINAL'),
  'keygen R4.pc': nobody('E_PAIR_STATE'),
  // Who neither deals nor has anything else to say before it stops over the others' id tells nobody what its own is.
  'reshare JOIN.nonce': maybe('E_SID', 'E_EQUIVOCATE'),
  'reshare JOIN.ctx': claim('E_SID'),
  'reshare R1.sid': claim('E_SID'),
  'reshare R1.com': claim('E_ECHO', 'E_COMMIT'),
  'reshare R1.ks': holders('E_RESHARE_CONST', 'E_ECHO', 'E_EQUIVOCATE'),
  'reshare R2.sid': claim('E_SID'),
  'reshare R2.F': claim('E_COMMIT', 'E_ECHO'),
  'reshare R2.blind': claim('E_COMMIT', 'E_ECHO'),
  'reshare R2.echo': claim('E_ECHO'),
  'reshare R3.sid': claim('E_SID', 'E_SHARE'),
  'reshare R3.share': all('E_SHARE'),
  'reshare R3.echo': claim('E_ECHO', 'E_SHARE'),
  'reshare R3.cc': all('E_RESHARE_CONST', 'E_SHARE'),
  'reshare R4.sid': claim('E_SID', 'E_FINAL'),
  'reshare R4.fin': all('E_ECHO', 'E_FINAL'),
  'reshare R4.pok': all('E_FINAL'),
  'reshare R4.pc': nobody('E_PAIR_STATE'),
  'reshare C1.sid': claim('E_SID'),
  'reshare C1.com': claim('E_ECHO', 'E_COMMIT'),
  'reshare C2.sid': claim('E_SID'),
  'reshare C2.cc': claim('E_COMMIT', 'E_ECHO'),
  'reshare C2.blind': claim('E_COMMIT', 'E_ECHO'),
  'reshare C2.echo': claim('E_ECHO'),
  'VOTE.sid': claim('E_SID', 'E_FINAL'),
  'VOTE.epoch': claim('E_FINAL'),
  'VOTE.voteHash': claim('E_FINAL'),

  // Who speaks second stops over the other's id before it has told its own.
  'pair JOIN.nonce': maybe('E_SID'),
  'pair JOIN.ctx': claim('E_SID'),
  'pair CONFIRM.sid': receivers('E_SID'),
  'pair CONFIRM.pc': nobody('E_PAIR_STATE'),
  'pair OT1.sid': receivers('E_SID'),
  // Other points are as good as any: it is the cheat whose trees do not fit then.
  'pair OT1.msg1': nobody('E_PPRF', 'E_ROLL', 'E_PAIR_STATE'),
  'pair OT2.sid': receivers('E_SID'),
  'pair OT2.M': receivers('E_PPRF'),
  // A branch that was not chosen is not looked at, but the roll-over covers all that was said.
  'pair OT2.T': receivers('E_PPRF', 'E_ROLL'),
  'pair OT2.P': receivers('E_PPRF'),
  'pair OT2.proof': receivers('E_PPRF'),
  'pair OT2.u': receivers('E_ROLL'),
  'pair OT2.X': receivers('E_ROLL'),
  'pair OT2.hT': receivers('E_ROLL'),
  'pair OT2.zs': nobody('E_PAIR_STATE'),
  'pair OT3.sid': receivers('E_SID'),
  // A branch that was not chosen is not looked at; then the two have confirmed different set-ups.
  'pair OT3.T': maybe('E_PPRF', 'E_PAIR_STATE'),
  'pair OT3.P': receivers('E_PPRF'),
  'pair OT3.proof': receivers('E_PPRF'),
  'pair OT3.zs': nobody('E_PAIR_STATE'),

  'sign JOIN.nonce': claim('E_SID'),
  'sign JOIN.ctx': claim('E_SID'),
  'sign JOIN.D': claim('E_SID', 'E_FROST_SHARE'),
  'sign JOIN.E': claim('E_SID', 'E_FROST_SHARE'),
  'sign SHARE.sid': claim('E_SID'),
  'sign SHARE.z': claim('E_FROST_SHARE'),

  'export JOIN.nonce': claim('E_SID'),
  'export JOIN.ctx': claim('E_SID'),
  'export ZERO.sid': receivers('E_SID'),
  'export ZERO.zs': late('E_PKSUM'),
  'export SHARE.sid': receivers('E_SID'),
  'export SHARE.sk': other('E_PKSUM'),
  'export NOTED.ctx': claim('E_SID'),

  'ecdsa JOIN.nonce': claim('E_SID'),
  'ecdsa JOIN.ctx': claim('E_SID'),
  'ecdsa R1.sid': receivers('E_SID'),
  'ecdsa R1.com': claim('E_ECHO', 'E_COMMIT'),
  'ecdsa R1.pairId': nobody('E_PAIR_STATE'),
  'ecdsa R1.u': bans('E_OT_CHECK'),
  'ecdsa R1.X': bans('E_OT_CHECK'),
  'ecdsa R1.hT': bans('E_OT_CHECK'),
  'ecdsa R2.sid': claim('E_SID'),
  'ecdsa R2.echo': claim('E_ECHO'),
  'ecdsa R2.R': all('E_COMMIT'),
  'ecdsa R2.pk': all('E_COMMIT'),
  'ecdsa R2.blind': all('E_COMMIT'),
  'ecdsa R2.gammaU': bans('E_GAMMA_U'),
  'ecdsa R2.gammaV': bans('E_GAMMA_V'),
  'ecdsa R2.psi': other('E_SIG_INVALID'),
  'ecdsa R2.aTilde': bans('E_RVOLE_CHECK'),
  'ecdsa R2.eta': bans('E_RVOLE_CHECK'),
  'ecdsa R2.mu': bans('E_RVOLE_CHECK'),
  'ecdsa R3.sid': claim('E_SID'),
  'ecdsa R3.w': other('E_SIG_INVALID'),
  'ecdsa R3.u': other('E_SIG_INVALID'),
  'ecdsa ONLINE.sid': nobody('E_SID'),
  'ecdsa ONLINE.reqHash': nobody('E_ECHO'),
  'ecdsa ONLINE.w': other('E_SIG_INVALID'),
  'ecdsa ONLINE.u': other('E_SIG_INVALID'),
}

/** What one protocol makes of a field in another way than the table says. */
const ELSEWHERE: Readonly<Record<string, Conclusion>> = {
  // Nothing is signed yet: it shows when the presignature is used.
  'presign: ecdsa R2.psi': { who: 'passes', codes: [], bans: false },
}

/**
 * @param protocol `presign`, where a message means something else than elsewhere
 * @throws {RangeError} a field that nobody thought about
 */
export function conclusionOf(protocol: string, message: string, field: string): Conclusion {
  const name = `${message}.${field}`
  const found = ELSEWHERE[`${protocol}: ${name}`] ?? CONCLUSIONS[name]
  if (found === undefined) throw new RangeError(`what must honest parties conclude from a wrong ${name}? Say so in conclusions.ts`)
  return found
}

export function isConcludedNowhere(declared: ReadonlySet<string>): readonly string[] {
  return Object.keys(CONCLUSIONS).filter((name) => !declared.has(name))
}
