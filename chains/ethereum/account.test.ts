import { describe, expect, it } from 'vitest'
import { accounts } from '../index.ts'
import { testWallet } from './fixture.ts'

describe('an Ethereum account', () => {
  // Source: EIP-155, "Example"; and the first accounts that Anvil and Hardhat start with.
  it.each([
    ['46'.repeat(32), '0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F'],
    ['ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80', '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'],
    ['59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d', '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'],
  ])('has the address of its key: case %#', (secret, address) => {
    expect(accounts(testWallet(secret).keys)).toContainEqual({ chain: 'ethereum', label: 'Ethereum', address, path: [] })
  })

  it('is there only with an ECDSA key', () => {
    expect(accounts([]).map(({ chain }) => chain)).not.toContain('ethereum')
  })
})
