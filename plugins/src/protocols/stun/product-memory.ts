// Which sockets belong to which product: what one STUN flow proves of an address and port holds for the next flow of that socket.
// Owns: these pairs. Bound: MAX_SOCKETS, the oldest goes first; a pair holds KEPT_US.
const MAX_SOCKETS = 4096;
const KEPT_US = 600_000_000;

interface Proof {
  readonly product: string;
  readonly tsUs: number;
}

export class ProductMemory {
  readonly #proofs = new Map<string, Proof>();

  /** The product that the socket belonged to lately. */
  productOf(ip: string, port: number, tsUs: number): string | undefined {
    const proof = this.#proofs.get(`${ip} ${port}`);
    return proof !== undefined && Math.abs(tsUs - proof.tsUs) <= KEPT_US ? proof.product : undefined;
  }

  learn(ip: string, port: number, product: string, tsUs: number): void {
    const key = `${ip} ${port}`;
    this.#proofs.delete(key);
    if (this.#proofs.size === MAX_SOCKETS) {
      const oldest = this.#proofs.keys().next().value;
      if (oldest !== undefined) this.#proofs.delete(oldest);
    }
    this.#proofs.set(key, { product, tsUs });
  }
}
