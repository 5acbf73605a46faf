/** The screens that need the code of the chains: as large as all the rest, and of no use before a wallet is open. */
export { default as Backup } from './backup/Backup.svelte'
export { default as Restore } from './restore/Restore.svelte'
export { default as SignForm } from './sign/SignForm.svelte'
export { default as Signed } from './sign/Signed.svelte'
export { default as Wallet } from './wallet/Wallet.svelte'
