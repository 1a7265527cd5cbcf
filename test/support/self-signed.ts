import { execFileSync } from 'node:child_process';

/** A key and a certificate for a name, signed by itself, made anew by openssl. */
export function selfSigned(name: string) {
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
  ];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', '2'];
  const output = ['-keyout', '-', '-out', '-'];
  const pem = execFileSync('openssl', [...request, ...subject, ...output], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const start = pem.indexOf('-----BEGIN CERTIFICATE-----');
  return { key: pem.slice(0, start), certificate: pem.slice(start) };
}
