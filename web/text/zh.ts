import type { Text } from './en.ts'
import { change, devices, drills, health, standing } from './zh-change.ts'
import { exporting } from './zh-export.ts'
import { bring, importErrors } from './zh-import.ts'
import { alarms, create, device, invited, join, links, lobby, meshPaths, scan, words } from './zh-pairing.ts'
import { preview, request, sign, signed } from './zh-signing.ts'
import { backup, fileErrors, locked, missing, opening, passkey, passkeyErrors, restore, safety, vaultErrors } from './zh-safety.ts'
import { capabilities, errors } from './zh-trouble.ts'

/** Everything the page says in simplified Chinese. */

const steps = {
  hello: { title: '互相确认', about: '每台设备证明自己的身份' },
  commit: { title: '承诺', about: '每台设备固定自己的随机部分' },
  exchange: { title: '交换', about: '每台设备把各自的一份交给其他设备' },
  check: { title: '核对', about: '所有设备比对收到的内容' },
  confirm: { title: '确认', about: '所有设备保存自己的部分并相互告知' },
  shares: { title: '签名', about: '每个签名方加上自己的那部分签名' },
}

export const zh: Text = {
  brand: 'Trivet',
  languageName: '中文',
  common: {
    copy: '复制', copied: '已复制', copyFailed: '浏览器拒绝复制：请手动选择文字', share: '分享', save: '存为文件', close: '关闭', back: '返回', details: '详情',
    thisDevice: '本设备', of: (t, n) => `${t} / ${n}`, and: '和', comma: '、', qrFor: (what) => `二维码：${what}`, showQr: '显示二维码',
    hideQr: '隐藏二维码', language: '语言', skip: '跳到正文', roles: { 'third-party': '来宾设备', enterprise: '企业服务器', 'mobile-app': '设备' },
    device: (n) => `设备 ${n}`, expiresIn: (left) => `${left} 后过期`, expired: '已过期', working: '处理中…', justNow: '刚刚',
  },
  header: {
    lock: '锁定', home: '钱包', requests: (n) => `有 ${n} 个请求等待你处理`, review: '查看', asks: (who, wallet) => `${who} 请求你在“${wallet}”中批准`,
    lobbyAsks: (wallet) => `“${wallet}”等待你批准`, running: (wallet) => `“${wallet}”：进行中`, open: '打开',
    elsewhere: '你正在另一个标签页中使用本设备。',
    connection: { idle: '', connecting: '正在连接引荐服务器…', connected: '已连接', offline: '无法连接引荐服务器，正在重试…', refused: '引荐服务器拒绝了本设备。', },
  },
  start: {
    title: '任何一台设备都无法单独动用的钱包', tagline: 'Trivet 把密钥分成几部分，每台设备各持一份，三台中任意两台共同签名。离开本设备的一切都经过加密。', create: '创建钱包',
    createAbout: '选择由几台设备持有，并邀请它们', join: '用链接加入', joinAbout: '有人给你发来链接或出示二维码', known: '此浏览器中的钱包', locked: '已锁定', unlocked: '已解锁',
    unlock: '解锁', openWallet: '打开', noWallets: '还没有钱包', onDevice: (name) => `以“${name}”参与`, online: (k, n) => `${n} 台中 ${k} 台在线`,
    picture: '三台设备，两两相连', pictured: ['你的电脑', '你的手机', '服务器'],
    facts: [
      { title: '从不集中于一处', about: '密钥以分片方式生成，签名时也不会合在一起。' },
      { title: '设备直接相连', about: '各部分之间直接通信，服务器只负责引荐。' },
      { title: '所见即所批', about: '每台设备都自行解读要签名的内容。' },
    ],
    cannot: '此页面暂时无法在这里使用',
  },
  unlock: {
    title: (name) => `解锁 ${name}`, about: '你在本设备上设置的口令。', passphrase: '口令', action: '解锁', opening: '正在打开…',
    elsewhere: '本设备正在另一个标签页中使用。', elsewhereAbout: '同一时间只能有一个标签页使用它。在这里使用，另一个标签页就会锁定，正在进行的操作会停止。', takeOver: '在这里使用',
  },
  passphrase: {
    label: '本设备的口令', about: '用来加密本设备持有的部分。任何人都无法替你重置。', show: '显示口令', hide: '隐藏口令', tooShort: (min) => `至少 ${min} 个字符。`, weak: '弱：容易被猜中。',
    fair: '一般：再加几个词会更好。', good: '良好。', strong: '强。', strength: '强度',
  },
  decline: {
    title: '拒绝', about: '其他人会看到是谁拒绝以及原因。', reason: '原因', action: '拒绝', options: ['我没有预料到这个请求', '其中有不对的地方', '现在不方便'],
    otherReason: '用你自己的话说',
  },
  ceremony: {
    titles: {
      keygen: (name) => `正在生成“${name}”`, reshare: (name) => `正在变更“${name}”的设备`, import: (name) => `正在导入“${name}”`, sign: (name) => `正在用“${name}”签名`,
      finish: (name) => `正在完成“${name}”`, repair: (name) => `正在“${name}”中重新配对`, export: (name) => `正在导出“${name}”的密钥`,
    },
    connecting: '正在让各设备互相连接…', waitingFor: (names, s) => `等待 ${names}，${s} 秒`, working: '本设备正在计算…', steps, stepsTitle: '步骤', mesh: '连接',
    heardFrom: (name) => `已收到 ${name} 的消息`, notHeard: (name) => `尚未收到 ${name} 的消息`, todo: '待办', now: '进行中', done: '完成',
    ms: (ms) => (ms < 1000 ? `${Math.round(ms)} 毫秒` : `${(ms / 1000).toFixed(1)} 秒`), keepOpen: '请在每台设备上保持此页面打开。', stop: '停止',
    meshText: (a, b, path) => `${a} – ${b}：${path}`, linkUp: '已连接', linkConnecting: '正在连接',
    linkLost: '中断', linkNone: '未连接',
  },
  failed: {
    titles: {
      keygen: '钱包没有生成', reshare: '设备没有变更', import: '没有导入任何内容', sign: '没有签署任何内容', finish: '钱包尚未完成', repair: '设备没有重新配对', export: '密钥没有导出',
    },
    who: '涉及', safe: '哪些是安全的', next: '下一步', again: '再次请求',
    startAgain: '重新开始', toWallet: '返回钱包', toStart: '返回首页', tryFinish: '现在完成',
  },
  wallet: {
    accounts: '账户', devices: '设备', activity: '活动', activityAbout: '此页面打开期间完成的签名。', noActivity: '还没有签名。',
    sign: '签名', online: '在线', offline: '离线', onlineCount: (k, n) => `${n} 台中 ${k} 台在线`, created: (when) => `创建于：${when}`, chains: { ethereum: '以太坊', bitcoin: '比特币', solana: 'Solana' },
    ethereumAbout: '在 Base、Arbitrum、OP Mainnet、Polygon 和所有其他 EVM 链上都是同一个地址。', addresses: { taproot: 'Taproot 地址', segwit: 'SegWit 地址' },
    account: (n) => `账户 ${n}`, addAccount: '添加账户', accountAdded: (name) => `已添加${name}。`, accountName: '账户名称', saveName: '保存名称', nameSaved: '已保存。', path: '路径',
    accountNameAbout: '只保存在本设备上：其他设备看不到，备份中也没有。', xpub: '扩展公钥（xpub）',
    xpubCare: '得到它的人能看到这把密钥的所有地址，包括将来的地址。它与其中任何一个地址的私钥合在一起，就能算出全部私钥：切勿把两者都交给别人。',
    xpubAbout: '供其他程序查看这些账户，但不能动用。它会列出第二个及以后的账户（m/0/1、m/0/2…）；第一个账户就是密钥本身。',
    taprootAbout: '费用最低。', segwitAbout: '供不接受 bc1p 地址的付款方使用。', ed25519: 'Ed25519 公钥', ed25519About: '与 Solana 是同一把密钥，供验证文字签名的程序使用。',
    noEthereum: '此钱包创建时 Trivet 还不支持以太坊。要持有以太坊，请新建钱包。', start: { ethereum: '发送', bitcoin: '签署 PSBT', solana: '签署文字' },
    banned: (name) => `与 ${name} 的一次安全检查失败了。为保护你的密钥，本设备不再与它一起签署以太坊或比特币 SegWit。`,
    bans: (n) => `至今失败的检查：${n} 次。`, lost: (name) => `本设备与 ${name} 为以太坊和比特币 SegWit 准备的数据已丢失或不再匹配，例如签名进行到一半时页面被关闭。`,
    stillWith: (names) => `你仍可与 ${names} 一起签署。`, stillNone: '没有其他设备能与本设备一起签署。', unaffected: '比特币 Taproot、Solana 和文字签名不受影响。',
    stockWith: (n, names) => `与 ${names} 有 ${n} 个预备签名`, stockAbout: '钱包打开且空闲时在后台生成，只保存在内存中。每个只用一次，可省去等待。',
    testOnly: '仅供试用：此网络上的币没有价值。', unfinished: '还缺一次确认',
    unfinishedAbout: '所有设备都有自己的部分，但还没有全部相互告知。在此之前不显示地址。', finish: '现在完成', show: '查看', allWallets: '所有钱包',
    notEnough: (k) => `还需 ${k} 台设备上线才能签名。`,
    networks: { mainnet: '比特币主网', testnet: '比特币测试网 testnet', signet: '比特币测试网 signet', regtest: '比特币本地网 regtest' },
  },
  repair: {
    action: '重新配对', title: (who) => `${who} 请求与你的设备重新配对`, mine: (who) => `与 ${who} 重新配对`,
    about: (who) => `本设备与 ${who} 将重新生成一起签署以太坊和比特币 SegWit 所需的数据。`,
    why: {
      banned: '两台设备之间的一次安全检查失败过。只有在你知道那是谁的设备、为什么会这样时才继续。', lost: '两台设备事先准备的数据已丢失或不再匹配，不一定是谁做错了什么。',
      ready: '本设备一切正常，是另一台设备丢失了它的那一半。',
    },
    unchanged: '你持有的密钥部分、地址和其他设备都不变。只有双方都同意才会进行。', both: '双方', waitingFor: (who) => `等待 ${who} 批准`,
    done: (who) => `已重新配对：你可以与 ${who} 一起签署以太坊和比特币 SegWit。`,
  },
  change, devices, drills, health, standing,
  bring, importErrors, exporting,
  alarms, create, device, invited, join, links, lobby, meshPaths, scan, words,
  sign, preview, request, signed, capabilities, errors: { ...errors, ...vaultErrors },
  backup, restore, safety, passkey, passkeyErrors, opening, locked, missing, fileErrors,
  title: (n) => (n === 0 ? 'Trivet' : `(${n}) Trivet`),
}
