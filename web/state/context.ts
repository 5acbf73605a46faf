import { createContext, type Component } from 'svelte'
import type { ExportSessionView, SessionView, WalletView } from '@trivet/party'
import type { Text } from '../text/en.ts'
import type { ChainAnswers } from './chain-answers.ts'
import type { ChangeStart } from './change-start.ts'
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

/** What was just done that makes a backup due. */
export type Drill = keyof Text['drills']

/** Screens that are fetched apart from the page's first code; named here, since they use what is handed down. */
export interface WalletScreens {
  readonly SignForm: Component<{ wallet: WalletView; kind?: SignKind; account?: number }>
  readonly Signed: Component<{ session: SessionView; signatures: readonly Uint8Array[] }>
  readonly Wallet: Component<{ wallet: WalletView; news?: string; part?: 'safety' }>
  readonly Backup: Component<{ wallet: WalletView; fresh?: Drill; check?: boolean }>
  readonly Change: Component<{ wallet: WalletView; start: ChangeStart; pageUrl: string }>
  readonly Restore: Component
  readonly ExportForm: Component<{ wallet: WalletView }>
  readonly ExportAsked: Component<{ session: SessionView; asked: ExportSessionView }>
  readonly KeyTaken: Component<{ session: SessionView }>
  readonly Import: Component<{ pageUrl: string }>
  readonly ImportedLobby: Component<{ session: SessionView }>
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
