/** The screens that need the code of the chains: as large as all the rest, and of no use before a wallet is open. */
export { default as SignForm } from './sign/SignForm.svelte'
export { default as Signed } from './sign/Signed.svelte'
export { default as Wallet } from './wallet/Wallet.svelte'
