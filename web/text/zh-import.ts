import type { Text } from './en.ts'

/** What the page says in simplified Chinese about keys that existed before. */

export const bring: Text['bring'] = {
  door: '导入已有的密钥', doorAbout: '助记词、私钥，或另一个共享钱包的文件', title: '导入已有的密钥',
  about: '地址保持不变。密钥被分成几部分，每台设备一份，本设备随后忘掉完整的密钥。', what: '你有什么', secret: '助记词或私钥', secretAbout: '本设备会看到完整的内容',
  file: '另一个共享钱包的文件', fileAbout: 'tss-lib（GG18、GG20），每台设备一个文件', text: '助记词或私钥',
  textAbout: '只在本设备上读取，不保存在任何地方。完成后请重新加载页面：浏览器无法抹去输入过的内容。',
  forms: { phrase: '这是助记词。', extended: '这是扩展私钥。', wif: '这是比特币格式的私钥。', solana: '这是 Solana 钱包格式的私钥。', hex: '这是十六进制私钥。' },
  account: '哪个账户', asItIs: '密钥本身',
  accounts: {
    'ethereum': '以太坊', 'bitcoin-segwit': '比特币 SegWit（bc1q…）', 'bitcoin-taproot': '比特币 Taproot（bc1p…）', 'bitcoin-nested': '比特币 SegWit 旧式（3…）',
    'bitcoin-legacy': '比特币最早格式（1…）', 'solana': 'Solana 账户',
  },
  number: '账户编号', numberAbout: '与旧钱包的编号相同：第一个账户是 1。', testnet: '比特币测试网络', extra: '助记词的附加密语',
  extraAbout: '仅当旧钱包除助记词外还要求密语（“第 25 个词”）时填写。填错会打开另外的地址：请比对。', hex: '这些数字是什么',
  hexKinds: { 'secp256k1': '以太坊或比特币的私钥', 'ed25519-seed': 'Ed25519 私钥（Solana）', 'ed25519-scalar': 'Trivet 导出的 Ed25519 标量' },
  shareFile: '本设备的文件', shareFileAbout: 'tss-lib 在密钥生成后保存的文件（JSON）。只在本设备上读取。', look: '显示它的地址', looking: '正在读取…',
  seen: '这是你的旧钱包吗？', seenAbout: '请把第一个地址与旧钱包显示的地址比对，相同才继续。',
  seenShares: (needed, total) => `密钥由 ${total} 方持有，其中任意 ${needed} 方可以签名。要导入它，参与的设备中须有 ${needed} 台各自打开自己的文件，其余设备无需文件即可加入。`,
  keys: '将成为', suites: { 1: '以太坊和比特币 SegWit', 2: 'Solana 和文本签名', 3: '比特币 Taproot' },
  warnings: {
    'other-accounts': '只导入这个账户。你输入的内容仍能打开它，以及它的其他所有账户。',
    'old-addresses': '旧钱包显示的是较旧格式的地址，Trivet 不显示也不能从中支出。请先把其中的币转到别处。',
    'uncompressed': '旧的比特币地址来自较长形式的公钥。Trivet 显示较短形式的地址：旧地址中的币在这里看不到。',
    'top': '这是密钥树的顶端。钱包的账户位于一些步骤之下，密钥拆分后无法再走这些步骤。如果地址不是你认识的，请选择账户。',
  },
  honest: '拆分无法消除的风险',
  honestSecret: '凡是见过此助记词或私钥的人，将永远拥有完全的控制权：纸张、旧钱包、它的备份、照片都算。如果你不能确定没有别人见过，请创建新钱包并把所有资产转过去。无论如何，这都是更好的做法。',
  honestShares: '旧的部分仍然有效：在每一方都删除自己的部分之前，足够多的旧部分无论如何都能签名。旧版本存在漏洞，一个参与者就能取得完整的密钥（TSSHOCK；BitForge，CVE-2023-33241），所以它可能已经泄露。更好的做法是创建新钱包并把所有资产转过去。',
  newInstead: '改为创建新钱包', understood: '我了解这一点，仍要导入。', missingKeys: '请选择密钥将成为什么。',
  tooFew: (needed) => `至少要有 ${needed} 台设备参与，因为需要 ${needed} 个文件。`, origin: '此钱包的密钥是从别处导入的。以前持有它的人不需要这些设备仍能使用它。',
  xpubAbout: '让其他程序可以查看各账户但不能支出，与旧钱包的扩展公钥相同。',
  refreshDue: '还差一步：所有设备都在线时，它们会自动更新各自的部分。在此之前，导入密钥的设备仍可能掌握全部部分。',
  lobby: {
    secret: '此钱包的密钥不是新生成的，而是由邀请方的设备导入的：以前持有它的人不通过这个钱包也能使用它。',
    shares: '此钱包的密钥是从另一个共享钱包的文件导入的。原来的持有者不通过这个钱包也能使用它。',
    given: (k, needed) => `${needed} 个文件中已有 ${k} 个。`, mine: '本设备已打开自己的文件。',
    ask: (needed) => `需要 ${needed} 个文件，每个在各自的设备上打开。如果本设备有文件，请在这里打开；没有也可以参与。`, give: '使用此文件', giving: '正在读取…',
  },
}

export const importErrors: Text['importErrors'] = {
  key: { sentence: '这不是 Trivet 能读取的私钥。', safe: '没有任何变化，内容仍在输入框中。', next: '请与原件逐字比对。' },
  phrase: { sentence: '这不是完整的助记词。', safe: '没有任何变化，内容仍在输入框中。', next: '请检查单词的数量、拼写和顺序。' },
  word: (positions) => `不是助记词中的单词：第 ${positions} 个。`,
  passphrase: { sentence: '附加密语不能与此一起使用。', safe: '没有任何变化。', next: '请留空。' },
  account: { sentence: '无法从此密钥导入这个账户。', safe: '没有任何变化。', next: '请选择其他账户，或密钥本身。' },
  file: { sentence: '这不是 tss-lib 在密钥生成后保存的文件。', safe: '没有任何变化。', next: '请选择本设备的文件。' },
  other: { sentence: '此文件属于另一个钱包，不是正在导入的那个。', safe: '没有任何变化，也没有发送其中任何内容。', next: '请选择本设备上属于那个钱包的文件。' },
  field: (name) => ({ sentence: `文件已损坏或属于其他类型：${name} 有误。`, safe: '没有任何变化。', next: '请使用本设备文件的另一份副本。' }),
}
