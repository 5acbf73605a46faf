import { describe, expect, test } from 'vitest'
import { repairVocabulary } from '../dkls23/pair-setup/repair.ts'
import { onlineMessages } from '../dkls23/presign/online.ts'
import { presignMessages } from '../dkls23/presign/script.ts'
import { ecdsaMessages } from '../dkls23/sign/script.ts'
import { frostMessages } from '../frost/script.ts'
import { keygenVocabulary } from '../keygen/script.ts'
import { conclusionOf, isConcludedNowhere } from './conclusions.ts'
import { testRoster } from './parties.ts'

const ofKeygen = keygenVocabulary(testRoster(2, 2, [1, 2, 3]), 1).flatMap(({ messages }) => messages)
const ofRepair = repairVocabulary(1, [1, 2]).messages
const declared = [...ofKeygen, ...ofRepair, ...frostMessages, ...ecdsaMessages, ...presignMessages, ...onlineMessages]

describe('the table of what honest parties must conclude', () => {
  test('has an entry for every field of every message, from the day it is declared', () => {
    for (const { name, fields } of declared) for (const field of Object.keys(fields)) expect(conclusionOf('any', name, field).who, `${name}.${field}`).toBeDefined()
    expect(() => conclusionOf('any', 'ecdsa R2', 'new field')).toThrow(/ecdsa R2\.new field/)
  })

  test('has none for what is not said any more', () => {
    expect(isConcludedNowhere(new Set(declared.flatMap(({ name, fields }) => Object.keys(fields).map((field) => `${name}.${field}`))))).toEqual([])
  })
})
