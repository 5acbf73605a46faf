import { createContext, type Component } from 'svelte'
import type { SessionView, WalletView } from '@trivet/party'
import type { ChainAnswers } from './chain-answers.ts'
import type { Passkeys } from '../platform/passkey.ts'
import type { Clock } from './clock.svelte.ts'
import type { ExpectedVaults } from './expected-vaults.svelte.ts'
import type { Keeping } from './keeping.svelte.ts'
import type { Language } from './language.svelte.ts'
import type { Lazy } from './lazy.svelte.ts'
import type { NetworkChoice } from './network.svelte.ts'
import type { PartyState } from './party.svelte.ts'
import type { Router } from './router.svelte.ts'
import type { SignKind } from './sign-kinds.ts'

/** Screens that are fetched apart from the page's first code; named here, since they use what is handed down. */
export interface WalletScreens {
  readonly SignForm: Component<{ wallet: WalletView; kind?: SignKind; account?: number }>
  readonly Signed: Component<{ session: SessionView; signatures: readonly Uint8Array[] }>
  readonly Wallet: Component<{ wallet: WalletView; news?: string; part?: 'safety' }>
  readonly Backup: Component<{ wallet: WalletView; fresh?: boolean; check?: boolean }>
  readonly Restore: Component
}

/** Handed down by `App.svelte` to every screen and part. */
export const [getParty, setParty] = createContext<PartyState>()
export const [getChains, setChains] = createContext<ChainAnswers>()
export const [getRouter, setRouter] = createContext<Router>()
export const [getLanguage, setLanguage] = createContext<Language>()
export const [getNetwork, setNetwork] = createContext<NetworkChoice>()
export const [getClock, setClock] = createContext<Clock>()
export const [getScreens, setScreens] = createContext<Lazy<WalletScreens>>()
export const [getPasskeys, setPasskeys] = createContext<Passkeys>()
export const [getKeeping, setKeeping] = createContext<Keeping>()
export const [getExpected, setExpected] = createContext<ExpectedVaults>()
