import type { Text } from './en.ts'

/** What the page says in simplified Chinese around one signature. */

const kinds: Text['sign']['kinds'] = {
  payment: { title: '以太坊付款', about: '发送 ETH，或 Base、Arbitrum、Polygon 等链的币' },
  transaction: { title: '以太坊交易', about: '粘贴由钱包、ethers 或 viem 准备好的交易' },
  message: { title: '以太坊消息', about: '登录网站，或证明地址属于你' },
  typedData: { title: '类型化数据', about: '网站请求的订单、授权和投票（EIP-712）' },
  psbt: { title: '比特币交易（PSBT）', about: '来自 Sparrow、Bitcoin Core 或其他钱包；支持 Taproot 和 SegWit' },
  text: { title: '文字消息', about: '用 Ed25519 密钥按原文签名' },
}

const payment: Text['sign']['payment'] = {
  chain: '链', testChains: '仅供试用', otherChain: '其他链…', otherCoin: '币', testAbout: '此链上的币没有价值。',
  fields: {
    chainId: '链 ID', to: '收款地址', value: '金额', nonce: 'Nonce（交易序号）', gas: 'Gas 上限', maxFeePerGas: '最高费用',
    maxPriorityFeePerGas: '优先费', gasPrice: 'Gas 价格', data: '数据（hex）',
  },
  gwei: 'gwei', toPlaceholder: '0x…', chainIdAbout: '整数，见该链的官方网站。', numbers: '序号与费用',
  honest: 'Trivet 不查询任何节点，不知道你的余额，也不知道当前费用。请从钱包或区块浏览器查看并填写。',
  nonceAbout: '此地址从未发送过交易时为 0；否则为它最近一笔发出交易的 nonce 加一，任何区块浏览器都能查到。', gasAbout: '普通付款为 21000；调用合约需要更多。',
  feeAbout: '每单位 gas 的价格。没有用完的部分不会被扣除。', tipAbout: '其中付给验证者的部分。', advanced: '高级', legacy: '只用一个 gas 价格，代替最高费用和优先费',
  legacyAbout: '用于不支持 EIP-1559 的链。', dataAbout: '用于调用合约。付款时请留空。', missing: (fields) => `还需填写：${fields}。`,
  problems: {
    'no-number': '请写成 0.25 这样的数字，用小数点，不要空格。', 'not-whole': '请填写整数。',
    'too-fine': (decimals) => `小数点后最多 ${decimals} 位，没有更小的单位。`,
  },
}

export const sign: Text['sign'] = {
  title: (wallet) => `用“${wallet}”签名`, what: '你要签署什么？', change: '更改', kinds, payment,
  groups: { ethereum: '以太坊及 EVM 链', bitcoin: '比特币', ed25519: 'Solana 与 Ed25519（文字）' },
  noKey: { ethereum: '此钱包创建时 Trivet 还不支持以太坊。新建的钱包支持。', bitcoin: '此钱包没有比特币密钥。', ed25519: '此钱包没有 Ed25519 密钥。' },
  paste: { transaction: '未签名的交易', message: '消息', typedData: '类型化数据（JSON）', psbt: 'PSBT（base64 或 hex）', text: '消息' },
  pasteAbout: {
    transaction: '0x… 形式的 hex，或包含 chainId、nonce、gas、to、value、data 和费用的 JSON。Trivet 不查询任何节点，nonce 和费用按原样签署。',
    message: '按 personal_sign（EIP-191）对原文签名。', typedData: '包含 types、primaryType、domain 和 message，即 eth_signTypedData_v4 的格式。',
    psbt: '', text: '用 Ed25519 密钥按原文签名。',
  },
  from: '付款或签名账户', asHex: '这是用 hex 写的字节，不是文字', file: '选择文件', drop: '或把文件拖到这里', network: '比特币网络', empty: '有内容可签名时，这里会显示预览。',
  wrong: '还没有预览：请看标红的地方。', code: '短码', codeAbout: '内容相同，每台设备显示的八个字符就相同。', signers: '将询问谁',
  signersAbout: (t) => `正好 ${t} 台设备签名，包括本设备。`, ask: '请求批准', busy: '正在请求…', choose: (t) => `请选择 ${t} 台设备。`,
  fileTooBig: '文件太大，无法签名。', asking: (names) => `将询问 ${names}。`,
  cannot: { guest: '来宾设备不能签名。', banned: '无法与你一起签署：你们设备之间的安全检查失败了。', lost: '无法与你一起签署：两台设备事先准备的数据已丢失。' },
}

export const preview: Text['preview'] = {
  title: '将要签名的内容', danger: '危险', care: '请注意', acknowledge: '我已阅读，仍然要签名。', word: '盲签', typeWord: (word) => `仍然要签名，请输入“${word}”。`,
}

export const request: Text['request'] = {
  title: (who) => `${who} 请求你批准`, mine: '等待批准', compare: '请与另一屏幕比对短码，两者必须相同。', approve: '批准', decline: '拒绝', answered: '你已批准，等待其他人。',
  withdraw: '撤回请求', waitingFor: (names) => `等待 ${names} 批准`, signers: '签名方', pending: '尚未答复', acknowledgeFirst: '请先勾选警告下方的方框。',
  typeFirst: '请先在警告下方输入所要求的词。', way: { presignature: '使用预备签名：每方一条消息，无需等待。', rounds: '分三轮进行：没有可用的预备签名。' },
}

export const signed: Text['signed'] = {
  title: '已签名', checked: '签名已验证', txid: '交易 ID', hex: '交易（hex）', psbt: '已签名的 PSBT（base64）',
  broadcast: 'Trivet 不会广播它。请把它交给任意比特币节点或区块浏览器。', signature: '签名', message: '消息', publicKey: '公钥', by: '签名方：',
  fileName: 'trivet-transaction', noComplete: '签名有效，但无法组成完整交易。', raw: '已签名的交易（原始数据）', hash: '交易哈希', address: '地址', typedData: '类型化数据',
  messageHex: '消息（hex）', broadcastEthereum: (chain) => `Trivet 不会广播它。请粘贴到 ${chain} 的任意区块浏览器或节点的广播页面。`, chain: (id) => `链 ${id}`,
  way: { presignature: '使用预备签名完成（一条消息）。', rounds: '分三轮完成。' },
}
