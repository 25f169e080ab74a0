// The native helper keeps the contract of all helpers.
import { helperStreamContract } from '../contract/helper-stream.contract.js';
import { startNative } from './native-helper.js';

helperStreamContract('native', startNative);
