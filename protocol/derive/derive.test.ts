import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError, Malformed } from '../core/errors.ts'
import { baseMultiply, groupOfSuite } from '../core/group.ts'
import { deriveKey, formatPath, parsePath } from './index.ts'

interface Node {
  readonly publicKey: string
  readonly chainCode: string
}

/**
 * A step of bitcoin/bips `bip-0032.mediawiki`, test vectors 1 and 2, that needs no private key.
 * The numbers are those inside its two extended public keys.
 */
interface Step {
  readonly name: string
  readonly parent: Node
  readonly index: number
  readonly child: Node
}

const ONE_0H_1_2H_2: Node = {
  publicKey: '02e8445082a72f29b75ca48748a914df60622a609cacfce8ed0e35804560741d29',
  chainCode: 'cfb71883f01676f587d023cc53a35bc7f88f724b1f8c2892ac1275ac822a3edd',
}

const STEPS: readonly Step[] = [
  {
    name: 'vector 1, m/0H to m/0H/1',
    parent: {
      publicKey: '035a784662a4a20a65bf6aab9ae98a6c068a81c52e4b032c0fb5400c706cfccc56',
      chainCode: '47fdacbd0f1097043b78c63c20c34ef4ed9a111d980047ad16282c7ae6236141',
    },
    index: 1,
    child: {
      publicKey: '03501e454bf00751f24b1b489aa925215d66af2234e3891c3b21a52bedb3cd711c',
      chainCode: '2a7857631386ba23dacac34180dd1983734e444fdbf774041578e9b6adb37c19',
    },
  },
  {
    name: 'vector 1, m/0H/1/2H to m/0H/1/2H/2',
    parent: {
      publicKey: '0357bfe1e341d01c69fe5654309956cbea516822fba8a601743a012a7896ee8dc2',
      chainCode: '04466b9cc8e161e966409ca52986c584f07e9dc81f735db683c3ff6ec7b1503f',
    },
    index: 2,
    child: ONE_0H_1_2H_2,
  },
  {
    name: 'vector 1, m/0H/1/2H/2 to m/0H/1/2H/2/1000000000',
    parent: ONE_0H_1_2H_2,
    index: 1_000_000_000,
    child: {
      publicKey: '022a471424da5e657499d1ff51cb43c47481a03b1e77f951fe64cec9f5a48f7011',
      chainCode: 'c783e67b921d2beb8f6b389cc646d7263b4145701dadd2161548a8b078e65e9e',
    },
  },
  {
    name: 'vector 2, m to m/0',
    parent: {
      publicKey: '03cbcaa9c98c877a26977d00825c956a238e8dddfbd322cce4f74b0b5bd6ace4a7',
      chainCode: '60499f801b896d83179a4374aeb7822aaeaceaa0db1f85ee3e904c4defbd9689',
    },
    index: 0,
    child: {
      publicKey: '02fc9e5af0ac8d9b3cecfe2a888e2117ba3d089d8585886c9c826b6b22a98d12ea',
      chainCode: 'f0909affaa7ee7abe5dd4e100598d4dc53cd709d5a5c2cac40e7412f232f7c9c',
    },
  },
  {
    name: 'vector 2, m/0/2147483647H to m/0/2147483647H/1',
    parent: {
      publicKey: '03c01e7425647bdefa82b12d9bad5e3e6865bee0502694b94ca58b666abc0a5c3b',
      chainCode: 'be17a268474a6bb9c61e1d720cf6215e2a88c5406c4aee7b38547f585c9a37d9',
    },
    index: 1,
    child: {
      publicKey: '03a7d1d856deb74c508e05031f9895dab54626251b3806e16b4bd12e781a7df5b9',
      chainCode: 'f366f48f1ea9f2d1d3fe958c95ca84ea18e4c4ddb9366c336c927eb246fb38cb',
    },
  },
  {
    name: 'vector 2, m/0/2147483647H/1/2147483646H to m/0/2147483647H/1/2147483646H/2',
    parent: {
      publicKey: '02d2b36900396c9282fa14628566582f206a5dd0bcc8d5e892611806cafb0301f0',
      chainCode: '637807030d55d01f9a0cb3a7839515d796bd07706386a6eddf06cc29a65a0e29',
    },
    index: 2,
    child: {
      publicKey: '024d902e1a2fc7a8755ab5b694c575fce742c48d9ff192e63df5193e4c7afe1f9c',
      chainCode: '9452b549be8cea3ecb7a84bec10dcfd94afe4d129ebfd3b3cb58eedf394ed271',
    },
  },
]

const root = { suite: 1, groupKey: hexToBytes(ONE_0H_1_2H_2.publicKey), chainCode: hexToBytes(ONE_0H_1_2H_2.chainCode) } as const
/** The key of RFC 8032's first test, and a chain code that nobody drew. */
const edRoot = {
  suite: 2, groupKey: hexToBytes('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'), chainCode: Uint8Array.from({ length: 32 }, (_, i) => i),
} as const

function refusal(attempt: () => unknown): InputError {
  try {
    attempt()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('keys below the group key', () => {
  test.each(STEPS)('are those of BIP-32: $name', ({ parent, index, child }) => {
    for (const suite of [1, 3] as const) {
      const derived = deriveKey({ suite, groupKey: hexToBytes(parent.publicKey), chainCode: hexToBytes(parent.chainCode) }, [index])
      expect({ publicKey: bytesToHex(derived.publicKey), chainCode: bytesToHex(derived.chainCode) }).toEqual(child)
    }
  })

  // Worked out by another program, from the formulas alone. Addresses with money stand on them: never to be made anew.
  test.each([
    [[0], '94befe4bdc41ba7b1142a5642423dbbab92319e71270a51664617a5c03fa6371', 'c399744f9e10930268488d0af938efe58fb704d862d5f7ab4b0d8166ff8a9b7e',
      '0xc833b51954c3f944688a32392ce2fce776e17006a1e2f3ea57172457b6c7a0'],
    [[0, 1], 'b17ea4f622ac759d32930afcc3c6fab34feddeb7483539551bea39d941fe406d', 'c7d31a1d80e4670a7552033baa7086d96fb075453d76073688097c0ccbd3d159',
      '0x67ce92f62c6c5e67fb8b3c75224380caa1ad526ac4278bc19cae742c40d583'],
    [[2 ** 31 - 1], '557c09f073eee87c7b2669874637f6c901edb2805e92e5b9519924480e3d2e62', '8c7f2c05ced288095e2171fd373f215ccf07dba547bed8e2c7466b2606a399ad',
      '0x6d476b9d8f88efdcc5bdace2a8d1e8616f8c2a8f2bb595413eaa0bdc6783'],
    [[0, 7, 2 ** 31 - 1], 'fc37ab71a1d7043000ef7de560a3991f0697f616f6d1858da53e5e705ccb42d7', '8c61c49fe178de78db7288e7013f4a66071f50bd6e4f0ec3cf34338ff63b526f',
      '0x2b28aca926e85853d6e304e31216d6fdb03d7b549b4b6a594deee61d12628e4'],
  ])('are the known ones for Ed25519 at %j', (path, publicKey, chainCode, tweak) => {
    const derived = deriveKey(edRoot, path)
    expect({ publicKey: bytesToHex(derived.publicKey), chainCode: bytesToHex(derived.chainCode), tweak: derived.tweak })
      .toEqual({ publicKey, chainCode, tweak: BigInt(tweak) })
  })

  test.each([1, 2, 3] as const)('are the group key moved by the tweak, which the signers add: suite %i', (suite) => {
    const curve = groupOfSuite(suite)
    const index = fc.integer({ min: 0, max: 2 ** 31 - 1 })
    fc.assert(fc.property(fc.bigInt(1n, curve.order - 1n), fc.array(index, { maxLength: 10 }), (x, path) => {
      const key = baseMultiply(curve, x)
      const { publicKey, tweak } = deriveKey({ suite, groupKey: curve.encodePoint(key), chainCode: root.chainCode }, path)
      expect(tweak).toBeLessThan(curve.order)
      expect(bytesToHex(publicKey)).toBe(bytesToHex(curve.encodePoint(baseMultiply(curve, tweak).add(key))))
    }), { numRuns: 20, seed: 1 })
  })

  test.each([root, edRoot])('do not depend on whether a path is walked at once or step by step: suite $suite', (key) => {
    const whole = deriveKey(key, [7, 0, 2 ** 31 - 1])
    const first = deriveKey(key, [7])
    const rest = deriveKey({ suite: key.suite, groupKey: first.publicKey, chainCode: first.chainCode }, [0, 2 ** 31 - 1])
    expect({ ...rest, tweak: (first.tweak + rest.tweak) % groupOfSuite(key.suite).order }).toEqual(whole)
  })

  test.each([root, edRoot])('begin with the group key itself at the empty path, in bytes of its own: suite $suite', (key) => {
    const derived = deriveKey(key, [])
    expect(derived).toEqual({ publicKey: key.groupKey, chainCode: key.chainCode, tweak: 0n })
    expect(derived.chainCode).not.toBe(key.chainCode)
  })

  test.each([root, edRoot])('exist at no hardened, impossible or eleventh index: suite $suite', (key) => {
    for (const index of [2 ** 31, 2 ** 32 - 1]) expect(refusal(() => deriveKey(key, [index])).message).toMatch(/hardened/)
    for (const index of [-1, 0.5, NaN, Infinity, 2 ** 32, 2 ** 53]) expect(refusal(() => deriveKey(key, [index]))).toMatchObject({ field: 'path', code: 'E_CONFIG' })
    expect(deriveKey(key, new Array<number>(10).fill(0)).publicKey).toHaveLength(key.groupKey.length)
    expect(refusal(() => deriveKey(key, new Array<number>(11).fill(0)))).toMatchObject({ field: 'path', code: 'E_CONFIG' })
  })

  test('need a real group key and a whole chain code', () => {
    expect(() => deriveKey({ ...root, groupKey: root.groupKey.with(0, 5) }, [])).toThrow(Malformed)
    // Of small order.
    expect(() => deriveKey({ ...edRoot, groupKey: new Uint8Array(32).with(0, 1) }, [])).toThrow(Malformed)
    expect(refusal(() => deriveKey({ ...root, chainCode: root.chainCode.subarray(1) }, [])).field).toBe('chainCode')
  })
})

describe('a path as text', () => {
  test('reads back as written', () => {
    expect(parsePath('m')).toEqual([])
    expect(parsePath('m/0/5')).toEqual([0, 5])
    expect(formatPath([])).toBe('m')
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: 10 }), (path) => {
      expect(parsePath(formatPath(path))).toEqual(path)
    }), { seed: 1 })
  })

  test('is refused where it is no path, or one that needs the private key', () => {
    for (const text of ['', '/0', '0/5', 'm/', 'm//0', 'm/00', 'm/-1', 'm/+1', 'm/1.5', 'm/1e3', ' m/0', 'm/0 ', 'M/0', 'm/x', 'm/2147483648', 'm/99999999999', `m${'/0'.repeat(11)}`]) {
      expect(refusal(() => parsePath(text)), text).toMatchObject({ field: 'path', code: 'E_CONFIG' })
    }
    for (const text of ["m/0'", 'm/0h/1', 'm/44H/0', 'm/2147483648']) expect(refusal(() => parsePath(text)).message).toMatch(/hardened/)
  })
})
