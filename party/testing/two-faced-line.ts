/** The line of an inviter that tells its guests different things, each of them sealed and signed as it should be. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { isPartyId, type PartyId, type SessionId } from '@trivet/signalling/wire'
import { partyIdOfKey } from '../identity/card.ts'
import type { SigningSubtle } from '../identity/ed25519.ts'
import { seal, type SealOptions } from '../sealed/index.ts'
import { decodeMakingInvitation, encodeMakingInvitation, LEAST, readSignalFrame, signalFrame, type MakingInvitation } from '../session/frames.ts'
import type { Transport } from '../transport/types.ts'
import { BentLine } from './bent-line.ts'

/** Of what is signed within a sealed frame: "trivet/sealed-by/v1" ‖ room 16 ‖ sender 32 ‖ receiver 32 ‖ enc 32 ‖ frame. */
const SIGNED_TAG = new TextEncoder().encode('trivet/sealed-by/v1')
const SENDER_AT = SIGNED_TAG.length + 16
const ENC_AT = SENDER_AT + 64
const FRAME_AT = ENC_AT + 32
/** Of a sealed frame: u8 version ‖ u8 kind ‖ enc 32 ‖ … */
const SEALED_ENC_AT = 2
/** Of a card: u8 version ‖ identity key 32 ‖ sealing key 32 ‖ … */
const SEALING_KEY_AT = 33

export class TwoFacedLine extends BentLine {
  /** What a guest is invited to in place of what everybody is; `undefined` leaves it. */
  invites: (invitation: MakingInvitation, to: PartyId) => MakingInvitation | undefined = () => undefined
  /** What was sealed, by the ephemeral key that it was sealed with. */
  readonly #sealed = new Map<string, { readonly frame: Uint8Array; readonly from: SealOptions['from'] }>()

  override subtle<Key>(subtle: SigningSubtle<Key>): SigningSubtle<Key> {
    const bent = super.subtle(subtle)
    return {
      ...bent,
      sign: (algorithm, key, message) => {
        if (SIGNED_TAG.every((byte, i) => byte === message[i])) {
          const sign = async (other: Uint8Array): Promise<Uint8Array> => new Uint8Array(await bent.sign(algorithm, key, new Uint8Array(other)))
          const partyId = partyOf(message.subarray(SENDER_AT, SENDER_AT + 32))
          this.#sealed.set(bytesToHex(message.subarray(ENC_AT, FRAME_AT)), { frame: message.slice(FRAME_AT), from: { card: { partyId }, sign } })
        }
        return bent.sign(algorithm, key, message)
      },
    }
  }

  override transport(transport: Transport): Transport {
    const { links, signalling } = super.transport(transport)
    const send = async (room: SessionId, to: PartyId, payload: Uint8Array): Promise<void> => signalling.send(room, to, await this.#said(room, to, payload))
    return {
      links,
      signalling: new Proxy(signalling, { get: (target, name) => (name === 'send' ? send : Reflect.get(target, name, target) as unknown) }),
    }
  }

  async #said(room: SessionId, to: PartyId, payload: Uint8Array): Promise<Uint8Array> {
    const sealed = this.#sealed.get(bytesToHex(payload.subarray(SEALED_ENC_AT, SEALED_ENC_AT + 32)))
    const frame = sealed === undefined ? undefined : readSignalFrame(sealed.frame)
    if (sealed === undefined || frame?.kind !== 'invitation') return payload
    const invitation = decodeMakingInvitation(frame.body)
    const other = this.invites(invitation, to)
    if (other === undefined) return payload
    const card = invitation.cards.find((bytes) => partyIdOfKey(bytes.slice(1, SEALING_KEY_AT)) === to)
    if (card === undefined) throw new Error('invited, and not in the roster')
    const receiver = { partyId: to, sealingKey: card.slice(SEALING_KEY_AT, SEALING_KEY_AT + 32) }
    return seal(signalFrame({ kind: 'invitation', body: encodeMakingInvitation(other) }), { to: receiver, from: sealed.from, room, least: LEAST.invitation })
  }
}

function partyOf(bytes: Uint8Array): PartyId {
  const id = bytesToHex(bytes)
  if (!isPartyId(id)) throw new Error('no party id')
  return id
}
