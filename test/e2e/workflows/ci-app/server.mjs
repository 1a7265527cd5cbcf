import { createServer } from 'node:http';
import { greeting } from './greeting.mjs';

createServer((_request, response) => response.end(`${greeting('lock')}\n`)).listen(8000);
