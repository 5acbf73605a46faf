/** Ethereum and the chains of its kind: transactions, texts (EIP-191) and typed data (EIP-712), signed with the ECDSA key. */
export { ETHEREUM_CHAINS, type EthereumChain } from './networks.ts'
export { encodeEthereumMessageIntent, type EthereumMessageIntent, type EthereumMessageOutcome } from './message-kind.ts'
export type { SignableMessage } from './message.ts'
export { encodeEthereumTransactionIntent, type EthereumTransactionIntent, type EthereumTransactionOutcome } from './transaction-kind.ts'
export type { FeeMarketRequest, LegacyRequest, Quantity, TransactionRequest } from './read-transaction.ts'
export type { AccessListEntry, UnsignedTransaction } from './transaction.ts'
export { encodeTypedDataIntent, type TypedDataIntent, type TypedDataOutcome } from './typed-data-kind.ts'
export { verifyEthereumMessage } from './verify.ts'
