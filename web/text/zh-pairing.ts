import type { Text } from './en.ts'

/** What the page says in simplified Chinese from *Create a wallet* to the moment when everybody approves. */

const sentence: Text['create']['sentence'] = {
  anyOf: (t, n) => `${n} 台设备中任意 ${t} 台即可签名。`,
  allOf: (n) => `全部 ${n} 台设备必须一起签名。`,
  mayLose: (k) => `可以丢失 ${k} 台。`,
  loseNone: '只要丢失一台设备，资金就无法找回。',
}

export const device: Text['device'] = {
  title: '本设备', name: '本设备的名称', nameAbout: '其他人会看到这个名称。', suggestion: '我的浏览器', known: (name) => `本设备以“${name}”参与。`,
  existing: '此浏览器中已有钱包。要使用相同的设备名称和口令，请先解锁。', existingAction: (name) => `解锁 ${name}`,
  oneDisk: '也可以在下面新建一台设备：那样此浏览器就同时持有两台设备的部分，拿到这块磁盘的人就有了两份。',
}

export const create: Text['create'] = {
  title: '创建钱包', name: '钱包名称', namePlaceholder: '储蓄', holders: '持有钱包的设备数', approvals: '必须批准的设备数', more: (what) => `${what}：加一`,
  fewer: (what) => `${what}：减一`, sentence, others: '其他设备在哪里', place: (n) => `设备 ${n}`, byLink: '新设备', byLinkAbout: '通过链接或二维码',
  company: '企业服务器', companyAbout: '按自己的规则签名', knownOnline: '在线：直接按名称邀请', knownOffline: '离线：上线后才能收到邀请', knownTaken: '已有一个位置',
  invitation: '企业服务器的邀请', invitationAbout: '粘贴服务器管理员给你的链接。', invitationFrom: (name) => `来自 ${name} 的邀请`, invitationRead: '邀请有效',
  action: '创建并邀请', busy: '正在加密本设备的部分…', missing: '请为钱包取一个名称。', missingInvitation: '请粘贴企业服务器的邀请。',
  sameInvitation: '每台企业服务器只能占一个位置。', sameKnown: '每台设备只能占一个位置。', picture: (t, n) => `${n} 台设备，签名需要其中 ${t} 台`,
}

export const join: Text['join'] = {
  title: '加入钱包', paste: '邀请链接', pasteAbout: '粘贴你收到的链接。', next: '继续', invited: '你被邀请持有一个钱包的一部分。',
  see: '在生成任何东西之前，你会看到所有参与者并作出批准。', action: '加入', busy: '正在加入…', other: '使用其他链接',
  mine: '这个链接是本设备发出的，所以它不能再占这个位置。', joined: '本设备在这个钱包中已有一个位置。',
  mineAbout: '请在另一台设备上打开链接。也可以在这里的新标签页中打开，作为此浏览器的第二台设备：那样此浏览器就持有两份，拿到这块磁盘的人就有了两份。',
  toLobby: '返回钱包', newTab: '在新标签页中打开',
}

export const scan: Text['scan'] = {
  title: '或者读取二维码', camera: '用摄像头扫描', picture: '选择二维码图片', point: '请将摄像头对准二维码。', opening: '正在等待摄像头…', stop: '关闭摄像头',
  view: '摄像头画面', reading: '正在图片中寻找二维码…', noCode: '这张图片中没有二维码。请从正面拍摄，包含完整的二维码和它的白边。', noPicture: '浏览器无法把这个文件作为图片打开。',
  denied: '浏览器不允许本页使用摄像头。请在地址栏中允许，或选择二维码图片。', missing: '没有找到摄像头。请选择二维码图片，或粘贴链接。',
  taken: '另一个程序正在使用摄像头。请关闭它后重试，或选择二维码图片。', failed: '摄像头没有启动。请选择二维码图片，或粘贴链接。',
  notLoaded: '二维码读取程序无法加载。请检查网络后重试。',
}

export const links: Text['links'] = {
  none: { sentence: '这不是 Trivet 链接。', safe: '没有任何变化。', next: '请从邀请者的屏幕上复制链接或扫描二维码。' },
  damaged: { sentence: '此链接已损坏：缺少一部分或被改动过。', safe: '没有任何变化。', next: '请重新复制整个链接，直到最后一个字符。' },
  notCompany: { sentence: '这是给设备的链接，不是企业服务器的邀请。', safe: '没有任何变化。', next: '请在那台设备上打开它，或向服务器管理员索取邀请。' },
  foreign: (host) => ({ sentence: `此链接属于另一个页面，地址是 ${host}。`, safe: '没有使用它。', next: '如果你认识这个地址，请在那里打开链接；否则请询问发送者。' }),
  expired: { sentence: '此链接已过期。', safe: '没有任何变化。', next: '请索取新的链接：链接的有效期为十分钟。' },
  used: { sentence: '另一台设备已经使用了此链接。', safe: '没有生成任何东西。', next: '如果那不是你的设备，请让发送者停止并重新开始；否则请索取新的链接。' },
  over: { sentence: '此链接背后已没有人在等待：钱包已取消或已完成。', safe: '没有任何变化。', next: '请索取新的链接。' },
}

export const lobby: Text['lobby'] = {
  waiting: (k, n) => `${n} 台设备中已到 ${k} 台`, allHere: (n) => `全部 ${n} 台设备都到了`, invite: '把链接分别交给每台设备，一台一个。', inviteOne: '把链接交给还缺的那台设备。',
  wait: (who) => `等待其他设备。到齐后由 ${who} 开始。`, places: '此钱包的设备', link: (n) => `设备 ${n} 的链接`, linkAbout: '只供一台设备使用。其中只有房间和钥匙，没有数据。',
  empty: '等待有人打开链接', companyEmpty: '等待企业服务器', emptyOther: '还没到', asked: '已邀请，尚未回答', known: '以前配对过', otherBuild: '它运行的页面版本不同。',
  joined: '已到', approved: '已批准', declined: '已拒绝', gone: '已离开', cannot: '无法参与', make: '一起生成钱包', makeAbout: '每个人都会看到这份名单并批准，然后各设备一起生成密钥。',
  cancel: '取消创建', leave: '离开', question: (t, n) => `持有此钱包的一部分？这 ${n} 台设备中任意 ${t} 台将可以签名。`,
  questionAll: (n) => `持有此钱包的一部分？全部 ${n} 台设备须一起签名。`, approve: '批准', decline: '拒绝', answered: '你已批准，等待其他人。',
  waitingFor: (names) => `等待 ${names}`, trouble: '遇到问题？', server: '引荐服务器',
  path: { none: '尚未连接', connecting: '正在连接…', up: '已连接', lost: '连接中断' },
  via: { direct: '直接，设备到设备', relay: '经由中继，它只看到密封的数据', mailbox: '经由引荐服务器，仍然密封', memory: '在本机内' },
  help: '请在每台设备上保持此页面打开。如果两台设备连不上，请让它们使用同一个 Wi-Fi 或关闭 VPN，然后稍候：其他途径会自动尝试。',
  preparing: '正在准备链接…',
}

export const invited: Text['invited'] = {
  notice: (who) => `${who} 邀请本设备加入一个新钱包`, noticeNamed: (who, wallet) => `${who} 邀请本设备加入钱包“${wallet}”`, title: (who) => `${who} 邀请本设备`,
  about: '持有一个新钱包的一部分。', aboutExisting: '持有一个已有钱包的一部分，其他设备已在持有它。',
  see: '你们以前配对过，所以不需要链接。在生成任何东西之前，你会看到所有参与者并作出批准。', accept: '加入', decline: '拒绝', answered: '正在加入…',
}

export const words: Text['words'] = {
  title: '相同的词', notice: (wallet) => `“${wallet}”：请核对词语`, readOut: '请读出这些词，或看一看：其他屏幕上都有它们吗？', which: (who) => `${who} 的屏幕上是哪些词？`,
  why: '这样可以确保没有人夹在你们的设备之间。', four: '四个词', same: '相同', differ: '不相同', none: '都不是：不相同', wrong: (who) => `不对。请再看一看 ${who} 的屏幕。`,
  triesLeft: (n) => `还可以试 ${n} 次。`, making: '各设备正在一起生成词语…', makingWith: (names) => `要生成词语，还需要与 ${names} 建立连接…`,
  answered: (names) => `你已核对词语，等待 ${names}。`, answeredAll: '你已核对词语。', who: '谁已核对', compared: '已核对', notYet: '尚未', small: '此钱包的词语',
  smallAbout: '每块屏幕上都相同。',
}

export const alarms: Text['alarms'] = {
  E_WORDS: {
    sentence: '各屏幕上的词语不相同。可能有人夹在你们的设备之间，也可能有人选错了。', safe: '没有生成密钥，没有任何损失。你已有的钱包不受影响。',
    next: '请用新的链接重新开始，并换一种方式传递：直接从屏幕上扫描二维码。如果词语再次不同，请不要使用这个引荐服务器。',
  },
  E_IDENTITY: {
    sentence: '有一台设备使用你认识的名称，却带着另一把密钥。它可能属于别人。', safe: '没有生成密钥，没有任何损失。你已有的钱包不受影响。',
    next: '请不要通过此页面，直接询问它的主人是否重新设置过设备。如果是，请在已知设备列表中忘记旧的那台，再用链接邀请它。',
  },
  affected: '谁受影响',
}

export const meshPaths: Text['meshPaths'] = { direct: '直接', relay: '中继', mailbox: '密封信箱', memory: '已连接' }
