import { describe, expect, test } from 'vitest'
import { repairVocabulary } from '../dkls23/pair-setup/repair.ts'
import { onlineMessages } from '../dkls23/presign/online.ts'
import { presignMessages } from '../dkls23/presign/script.ts'
import { ecdsaMessages } from '../dkls23/sign/script.ts'
import { exportVocabulary, noteVocabulary } from '../export/messages.ts'
import { frostMessages } from '../frost/script.ts'
import { keygenVocabulary } from '../keygen/script.ts'
import { C1, C2, Join, R1, R2, R3, R4 } from '../reshare/messages.ts'
import { conclusionOf, isConcludedNowhere } from './conclusions.ts'
import { testRoster } from './parties.ts'

const ofKeygen = keygenVocabulary(testRoster(2, 2, [1, 2, 3]), 1).flatMap(({ messages }) => messages)
const ofRepair = repairVocabulary(1, [1, 2]).messages
const ofReshare = [Join, R1, C1, C2, R2, R3, R4]
const ofExport = [...exportVocabulary(1, 1, 1).messages, ...noteVocabulary(1).messages]
const declared = [...ofExport, ...ofKeygen, ...ofReshare, ...ofRepair, ...frostMessages, ...ecdsaMessages, ...presignMessages, ...onlineMessages]

describe('the table of what honest parties must conclude', () => {
  test('has an entry for every field of every message, from the day it is declared', () => {
    for (const { name, fields } of declared) for (const field of Object.keys(fields)) expect(conclusionOf('any', name, field).who, `${name}.${field}`).toBeDefined()
    expect(() => conclusionOf('any', 'ecdsa R2', 'new field')).toThrow(/ecdsa R2\.new field/)
  })

  test('has none for what is not said any more', () => {
    expect(isConcludedNowhere(new Set(declared.flatMap(({ name, fields }) => Object.keys(fields).map((field) => `${name}.${field}`))))).toEqual([])
  })
})
