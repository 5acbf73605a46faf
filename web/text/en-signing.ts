/** What the page says in English around one signature: from the choice of what to sign to the finished transaction. */

const kinds = {
  payment: { title: 'Ethereum payment', about: 'Send ETH, or the coin of Base, Arbitrum, Polygon and others' },
  transaction: { title: 'Ethereum transaction', about: 'Paste one that a wallet, ethers or viem has prepared' },
  message: { title: 'Ethereum message', about: 'Sign in to a site or prove that an address is yours' },
  typedData: { title: 'Typed data', about: 'Orders, permits and votes, as a site asks for them (EIP-712)' },
  psbt: { title: 'Bitcoin transaction (PSBT)', about: 'From Sparrow, Bitcoin Core or another wallet; Taproot and SegWit' },
  text: { title: 'Text message', about: 'Signed with the Ed25519 key, exactly as written' },
}

const payment = {
  chain: 'Chain', testChains: 'For trying out', otherChain: 'Another chain…', otherCoin: 'coins',
  testAbout: 'On this chain coins have no value.',
  fields: {
    chainId: 'Chain id', to: 'To', value: 'Amount', nonce: 'Nonce (transaction number)', gas: 'Gas limit', maxFeePerGas: 'Max fee',
    maxPriorityFeePerGas: 'Priority fee', gasPrice: 'Gas price', data: 'Data (hex)',
  },
  gwei: 'gwei',
  toPlaceholder: '0x…', chainIdAbout: 'A whole number, as the chain’s own site names it.',
  numbers: 'Number and fee',
  honest: 'Trivet asks no node: it knows neither your balance nor today’s fees. Take these from a wallet or a block explorer.',
  nonceAbout: '0 if this address never sent anything; otherwise one more than the nonce of its latest outgoing transaction, which every block explorer shows.',
  gasAbout: '21000 for a plain payment; a call needs more.', feeAbout: 'For each unit of gas. What is not needed of it is never taken.',
  tipAbout: 'The part of it that goes to the validator.', advanced: 'Advanced',
  legacy: 'One gas price instead of max and priority fee', legacyAbout: 'For chains without EIP-1559.',
  dataAbout: 'Calls a contract. Leave it empty for a payment.',
  missing: (fields: string): string => `Still to fill in: ${fields}.`,
  problems: {
    'no-number': 'Write a number like 0.25, with a point and no spaces.', 'not-whole': 'Write a whole number.',
    'too-fine': (decimals: number): string => `At most ${decimals} digits after the point: there is nothing smaller.`,
  },
}

export const sign = {
  title: (wallet: string): string => `Sign with “${wallet}”`, what: 'What do you want to sign?', change: 'Change', kinds, payment,
  groups: { ethereum: 'Ethereum and EVM chains', bitcoin: 'Bitcoin', ed25519: 'Solana and Ed25519' },
  noKey: {
    ethereum: 'This wallet was made before Trivet could sign for Ethereum. A new wallet can.', bitcoin: 'This wallet has no Bitcoin key.',
    ed25519: 'This wallet has no Ed25519 key.',
  },
  paste: {
    transaction: 'Unsigned transaction', message: 'Message', typedData: 'Typed data (JSON)', psbt: 'PSBT in base64 or hex', text: 'Message',
  },
  pasteAbout: {
    transaction: 'As 0x… hex or as JSON with chainId, nonce, gas, to, value, data and fees. Trivet asks no node: it signs the nonce and fees as they stand.',
    message: 'As personal_sign signs it (EIP-191), exactly as written.', typedData: 'With types, primaryType, domain and message, as eth_signTypedData_v4 takes it.',
    psbt: '', text: 'Signed with the Ed25519 key, exactly as written.',
  },
  from: 'From',
  asHex: 'These are bytes written in hex, not text', file: 'Choose a file', drop: 'or drop it here', network: 'Bitcoin network',
  empty: 'The preview appears here as soon as there is something to sign.', wrong: 'There is no preview yet: see what is marked in red.',
  code: 'Short code', codeAbout: 'Every device shows the same eight characters for the same content.', signers: 'Who will be asked',
  signersAbout: (t: number): string => `Exactly ${t} devices sign, this one among them.`, ask: 'Ask for approval', busy: 'Asking…',
  choose: (t: number): string => `Choose ${t} devices.`, fileTooBig: 'This file is too big to be signed.',
  asking: (names: string): string => `${names} will be asked.`,
  cannot: {
    guest: 'A guest device cannot sign.', banned: 'Cannot sign this with you: a safety check between your devices failed.',
    lost: 'Cannot sign this with you: what your two devices had prepared was lost.',
  },
}

export const preview = {
  title: 'What will be signed', danger: 'Danger', care: 'Take care', acknowledge: 'I have read this and want to sign it all the same.',
  word: 'unread', typeWord: (word: string): string => `To sign it all the same, type “${word}”.`,
}

export const request = {
  title: (who: string): string => `${who} asks for your approval`, mine: 'Waiting for approval',
  compare: 'Compare the short code with the other screen. It must be the same.', approve: 'Approve', decline: 'Decline',
  answered: 'You approved. Waiting for the others.', withdraw: 'Withdraw the request',
  waitingFor: (names: string): string => `Waiting for ${names} to approve`, signers: 'Signers', pending: 'has not answered yet',
  acknowledgeFirst: 'Tick the box under the warning first.', typeFirst: 'Type the word under the warning first.',
  way: {
    presignature: 'With a prepared signature: one message each, no waiting.', rounds: 'In three rounds: no prepared signature is at hand.',
  },
}

export const signed = {
  title: 'Signed', checked: 'Signature checked', txid: 'Transaction id', hex: 'Transaction (hex)', psbt: 'Signed PSBT (base64)',
  broadcast: 'Trivet does not broadcast it. Pass it to any Bitcoin node or explorer.', signature: 'Signature', message: 'Message',
  publicKey: 'Public key', by: 'Signed by', fileName: 'trivet-transaction',
  noComplete: 'The signature is valid, but the transaction could not be put together.',
  raw: 'Signed transaction (raw)', hash: 'Transaction hash', address: 'Address', typedData: 'Typed data', messageHex: 'Message (hex)',
  broadcastEthereum: (chain: string): string =>
    `Trivet does not broadcast it. Paste it at the broadcast page of any block explorer or node of ${chain}.`,
  chain: (id: number): string => `chain ${id}`,
  way: { presignature: 'Signed with a prepared signature (one message).', rounds: 'Signed in three rounds.' },
}
