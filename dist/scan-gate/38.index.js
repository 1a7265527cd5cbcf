export const id = 38;
export const ids = [38];
export const modules = {

/***/ 38:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  scannedImages: () => (/* binding */ scannedImages)
});

// EXTERNAL MODULE: ./src/errors.ts
var errors = __webpack_require__(3916);
;// CONCATENATED MODULE: ./src/operations/release/unless-status.ts

/** What the engine answers; null where it refuses with this HTTP status. */
async function unlessStatus(status, call) {
    try {
        return await call;
    }
    catch (thrown) {
        if (thrown instanceof errors/* EngineError */.NJ && thrown.status === status)
            return null;
        throw thrown;
    }
}

;// CONCATENATED MODULE: ./src/operations/release/local-images.ts

/** Those of the images that the engine has, by the reference that was asked for. */
async function localImages(engine, images) {
    const found = await Promise.all([...new Set(images)].map(async (image) => {
        const details = await findImage(engine, image);
        return details === null ? [] : [[image, details]];
    }));
    return new Map(found.flat());
}
/** An image that the engine has; null when it has none of that name. */
function findImage(engine, image) {
    return unlessStatus(404, engine.inspectImage(image));
}

// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(8474);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: ./node_modules/zod/v4/classic/schemas.js + 6 modules
var schemas = __webpack_require__(104);
// EXTERNAL MODULE: ./src/platform/error-field.ts
var error_field = __webpack_require__(460);
;// CONCATENATED MODULE: ./src/platform/docker-api/answer.ts



const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const Complaint = schemas/* object */.Ikc({ message: schemas/* string */.YjP() });
/** 304 is the engine's word for "is so already". */
function isGood(message) {
    const status = message.statusCode ?? 0;
    return (status >= 200 && status < 300) || status === 304;
}
/** The answer's JSON, undefined when it is empty. */
async function readJson(message) {
    const body = await readText(message);
    return body.trim() === '' ? undefined : JSON.parse(body);
}
/** The engine's own words for why it did not do what was asked. */
async function refusal(message, what) {
    const body = await readText(message);
    const status = message.statusCode ?? 0;
    return new errors/* EngineError */.NJ(`Docker refused ${what}: ${complaintOf(body)} (status ${status})`, status);
}
function complaintOf(body) {
    try {
        return Complaint.parse(JSON.parse(body)).message;
    }
    catch {
        return body.trim().slice(0, 500) || 'no reason given';
    }
}
async function readText(message) {
    const chunks = [];
    let size = 0;
    for await (const chunk of message) {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) {
            throw new errors/* RemoteFailure */.p3('too-much-output', 'An answer of the Docker engine is larger than 64 MiB');
        }
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
}
const HINTS = {
    ENOENT: 'Is Docker installed and running on this host? Its socket is missing.',
    ECONNREFUSED: 'Docker is installed but does not run: `systemctl start docker`.',
    EACCES: 'This user may not use Docker: add it to the group `docker` and log in anew.',
};
/** The caller's own signal ended a request. */
function calledOff(what) {
    return new errors/* RemoteFailure */.p3('aborted', `${what} was called off`);
}
/** Anything that broke a request off, as an error that says whether the engine may have acted on it. */
function failureOf(thrown, what) {
    if (thrown instanceof errors/* ShiplockError */.GV)
        return thrown;
    const code = (0,error_field/* errorField */.L)(thrown, 'code');
    const hint = HINTS[code];
    if (hint !== undefined) {
        return new errors/* RemoteFailure */.p3('unreachable', `The Docker engine cannot be reached: ${(0,errors/* messageOf */.bD)(thrown)}`, {
            hint,
            cause: thrown,
        });
    }
    return new errors/* RemoteFailure */.p3('lost', `The connection to the Docker engine was lost during ${what}: ${(0,errors/* messageOf */.bD)(thrown)}`, { hint: 'Whether the engine did it is unknown; the next run looks first.', cause: thrown });
}

;// CONCATENATED MODULE: ./src/platform/docker-api/attempt.ts




/** One request from its first byte to its answer or its failure. */
class Attempt {
    #what;
    #timeoutMs;
    #signal;
    #outgoing;
    constructor(request, prefix, agent) {
        this.#what = `${request.method} ${request.path}`;
        this.#timeoutMs = request.timeoutMs ?? 60_000;
        this.#signal = request.signal;
        const body = request.body === undefined ? '' : JSON.stringify(request.body);
        const type = body === '' ? {} : { 'Content-Type': 'application/json' };
        this.#outgoing = (0,external_node_http_.request)({
            agent,
            method: request.method,
            path: prefix + request.path + queryOf(request.query),
            headers: {
                Host: 'docker',
                ...type,
                ...request.headers,
                'Content-Length': Buffer.byteLength(body),
            },
            ...(request.signal ? { signal: request.signal } : {}),
        });
        this.#outgoing.on('error', () => undefined).end(body);
    }
    /** True when a kept connection had died before this request got anywhere. */
    diedUnused(thrown) {
        return (this.#outgoing.reusedSocket && thrown instanceof errors/* RemoteFailure */.p3 && thrown.reason === 'lost');
    }
    /** The whole answer's JSON. */
    json() {
        return this.#before(async () => {
            const answer = await readJson(await this.#goodAnswer());
            await this.#released();
            return answer;
        });
    }
    /** The answer once its head is here. */
    head() {
        return this.#before(() => this.#goodAnswer());
    }
    /** The connection is free for the next request a tick after its answer; without the wait that one opens another. */
    async #released() {
        if (!this.#outgoing.closed)
            await (0,external_node_events_.once)(this.#outgoing, 'close');
    }
    upgrade() {
        return this.#before(async () => {
            const refused = this.#answer().then(async (message) => {
                throw await refusal(message, this.#what);
            });
            const upgraded = new Promise((resolve) => {
                this.#outgoing.once('upgrade', (_message, socket, head) => {
                    if (head.length > 0)
                        socket.unshift(head);
                    resolve(socket);
                });
            });
            return Promise.race([upgraded, refused]);
        });
    }
    async #goodAnswer() {
        const message = await this.#answer();
        if (!isGood(message))
            throw await refusal(message, this.#what);
        return message;
    }
    #answer() {
        return new Promise((resolve, reject) => {
            this.#outgoing.once('response', resolve).once('error', reject);
        });
    }
    async #before(work) {
        let late;
        const timer = setTimeout(() => {
            late = new errors/* RemoteFailure */.p3('deadline', `The Docker engine did not answer ${this.#what} within ${this.#timeoutMs / 1000} s`);
            this.#outgoing.destroy(late);
        }, this.#timeoutMs);
        try {
            return await work();
        }
        catch (thrown) {
            if (late === undefined && this.#signal?.aborted === true)
                throw calledOff(this.#what);
            throw late ?? failureOf(thrown, this.#what);
        }
        finally {
            clearTimeout(timer);
        }
    }
}
function queryOf(query = {}) {
    const pairs = Object.entries(query).flatMap(([key, value]) => value === undefined ? [] : [[key, String(value)]]);
    return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

;// CONCATENATED MODULE: ./src/platform/docker-api/stream-agent.ts

/** An agent whose connections are whatever `open` gives: unix sockets, or SSH channels. */
class StreamAgent extends external_node_http_.Agent {
    #open;
    constructor(open, options) {
        super(options);
        this.#open = open;
    }
    createConnection(_options, callback) {
        this.#open().then((stream) => callback?.(null, stream), 
        // Node's own agent calls back with the error alone; its type does not know that.
        (error) => callback?.(error));
    }
}

;// CONCATENATED MODULE: ./src/platform/docker-api/turns.ts
/** Lets so many run at a time and the others wait for their turn, in order. */
class Turns {
    #waiting = [];
    #free;
    constructor(atOnce) {
        this.#free = atOnce;
    }
    async take(work) {
        if (this.#free > 0)
            this.#free -= 1;
        else
            await new Promise((resolve) => this.#waiting.push(resolve));
        try {
            return await work();
        }
        finally {
            const next = this.#waiting.shift();
            if (next)
                next();
            else
                this.#free += 1;
        }
    }
}

;// CONCATENATED MODULE: ./src/platform/docker-api/connection.ts



const POOLED = 4;
/** HTTP to one engine: four kept connections for short calls (they become SSH channels, of which sshd allows ten), one each for long ones. */
class EngineConnection {
    /** Node's agent does not count connections that are still being made, so it is never asked for more. */
    #turns = new Turns(POOLED);
    #pooled;
    #dedicated;
    #apiVersion;
    /** @param apiVersion '' = the engine's own default */
    constructor(open, apiVersion) {
        this.#apiVersion = apiVersion;
        this.#pooled = new StreamAgent(open, { keepAlive: true, maxSockets: POOLED });
        this.#dedicated = new StreamAgent(open, { keepAlive: false });
    }
    /** The answer's JSON, undefined when it is empty. A GET whose kept connection turns out dead is asked once more. */
    async send(request) {
        const prefix = await this.#prefix(request);
        if (request.dedicated === true)
            return new Attempt(request, prefix, this.#dedicated).json();
        return this.#turns.take(async () => {
            const attempt = new Attempt(request, prefix, this.#pooled);
            try {
                return await attempt.json();
            }
            catch (thrown) {
                const asking = request.method === 'GET' || request.method === 'HEAD';
                if (!asking || !attempt.diedUnused(thrown))
                    throw thrown;
                return new Attempt(request, prefix, this.#pooled).json();
            }
        });
    }
    /** The answer as a stream of bytes; leaving a loop over it, or destroying it, ends the request. */
    async open(request) {
        const prefix = await this.#prefix(request);
        const message = await new Attempt(request, prefix, this.#dedicated).head();
        // An abort after the last reader has left would otherwise be an unhandled 'error' event.
        return message.on('error', () => undefined);
    }
    /** The connection itself, from where the engine turned it into a raw stream. */
    async hijack(request) {
        const headers = { ...request.headers, Connection: 'Upgrade', Upgrade: 'tcp' };
        const prefix = await this.#prefix(request);
        const socket = await new Attempt({ ...request, headers }, prefix, this.#dedicated).upgrade();
        return socket.on('error', () => undefined);
    }
    close() {
        this.#pooled.destroy();
        this.#dedicated.destroy();
    }
    async #prefix({ unversioned }) {
        const version = unversioned === true ? '' : await this.#apiVersion();
        return version === '' ? '' : `/v${version}`;
    }
}

// EXTERNAL MODULE: ./node_modules/zod/v4/core/errors.js
var core_errors = __webpack_require__(7428);
;// CONCATENATED MODULE: ./src/platform/docker-api/readers.ts


/** The engine leaves out, or sends null for, what is empty; these readers give the empty value instead. */
const readers_text = schemas/* string */.YjP()
    .nullish()
    .transform((value) => value ?? '');
const flag = schemas/* boolean */.zMY()
    .nullish()
    .transform((value) => value ?? false);
const count = schemas/* number */.aig()
    .nullish()
    .transform((value) => value ?? 0);
const texts = schemas/* array */.YOg(schemas/* string */.YjP())
    .nullish()
    .transform((value) => value ?? []);
const textMap = mapOf(schemas/* string */.YjP());
/** A JSON object used as a map, or null for an empty one. */
function mapOf(value) {
    return schemas/* record */.g1P(schemas/* string */.YjP(), value)
        .nullish()
        .transform((map) => map ?? {});
}
/** A JSON array, or null for an empty one. */
function listOf(value) {
    return schemas/* array */.YOg(value)
        .nullish()
        .transform((list) => list ?? []);
}
/** What the schema makes of an answer; an answer of another shape means that this is no Docker engine. */
function readAnswer(schema, answer, what) {
    const read = schema.safeParse(answer);
    if (read.success)
        return read.data;
    throw new errors/* RemoteFailure */.p3('lost', `The Docker engine's answer to ${what} has an unknown shape`, {
        hint: core_errors/* prettifyError */.S1(read.error),
    });
}

;// CONCATENATED MODULE: ./src/platform/docker-api/container-readers.ts


const withoutSlash = (name) => name.replace(/^\//, '');
/** One element of GET /containers/json. */
const ContainerSummaryReader = schemas/* object */.Ikc({
    Id: schemas/* string */.YjP(),
    Names: texts,
    Image: readers_text,
    ImageID: readers_text,
    Labels: textMap,
    State: readers_text,
    Status: readers_text,
    NetworkSettings: schemas/* object */.Ikc({ Networks: mapOf(schemas/* object */.Ikc({ IPAddress: readers_text })) }).nullish(),
})
    .transform((answer) => ({
    id: answer.Id,
    names: answer.Names.map(withoutSlash),
    image: answer.Image,
    imageId: answer.ImageID,
    labels: answer.Labels,
    state: answer.State,
    status: answer.Status,
    networks: Object.fromEntries(Object.entries(answer.NetworkSettings?.Networks ?? {}).map(([name, network]) => [
        name,
        network.IPAddress,
    ])),
}));
const HealthEntryReader = schemas/* object */.Ikc({ Start: readers_text, End: readers_text, ExitCode: count, Output: readers_text })
    .transform((entry) => ({
    start: entry.Start,
    end: entry.End,
    exitCode: entry.ExitCode,
    output: entry.Output,
}));
const StateReader = schemas/* object */.Ikc({
    Status: readers_text,
    Running: flag,
    Pid: count,
    ExitCode: count,
    Error: readers_text,
    OOMKilled: flag,
    StartedAt: readers_text,
    FinishedAt: readers_text,
    Health: schemas/* object */.Ikc({ Status: readers_text, FailingStreak: count, Log: listOf(HealthEntryReader) })
        .nullish(),
})
    .transform(({ Health: health, ...state }) => ({
    status: state.Status,
    running: state.Running,
    pid: state.Pid,
    exitCode: state.ExitCode,
    error: state.Error,
    oomKilled: state.OOMKilled,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    // A check that the container switched off is reported with the status "none".
    health: health && health.Status !== 'none' && health.Status !== ''
        ? { status: health.Status, failingStreak: health.FailingStreak, log: health.Log }
        : undefined,
}));
const MountReader = schemas/* object */.Ikc({ Type: readers_text, Name: readers_text, Source: readers_text, Destination: readers_text, RW: flag })
    .transform((mount) => ({
    type: mount.Type,
    name: mount.Name,
    source: mount.Source,
    destination: mount.Destination,
    readOnly: !mount.RW,
}));
const NetworkReader = schemas/* object */.Ikc({
    NetworkID: readers_text,
    IPAddress: readers_text,
    GlobalIPv6Address: readers_text,
    Gateway: readers_text,
    Aliases: texts,
})
    .transform((network) => ({
    networkId: network.NetworkID,
    ipAddress: network.IPAddress,
    ipv6Address: network.GlobalIPv6Address,
    gateway: network.Gateway,
    aliases: network.Aliases,
}));
const PortReader = schemas/* object */.Ikc({ HostIp: readers_text, HostPort: readers_text })
    .transform((port) => ({ hostIp: port.HostIp, hostPort: Number(port.HostPort) }));
const ConfigReader = schemas/* object */.Ikc({
    Image: readers_text,
    Labels: textMap,
    Env: texts,
    User: readers_text,
    Tty: flag,
    StopSignal: readers_text,
    StopTimeout: schemas/* number */.aig().nullish(),
    Healthcheck: schemas/* object */.Ikc({ Test: texts }).nullish(),
});
const HostConfigReader = schemas/* object */.Ikc({
    NetworkMode: readers_text,
    RestartPolicy: schemas/* object */.Ikc({ Name: readers_text, MaximumRetryCount: count }).nullish(),
});
/** The answer of GET /containers/{id}/json. */
const ContainerDetailsReader = schemas/* object */.Ikc({
    Id: schemas/* string */.YjP(),
    Name: readers_text,
    Image: readers_text,
    Created: readers_text,
    RestartCount: count,
    State: StateReader,
    Config: ConfigReader,
    HostConfig: HostConfigReader,
    Mounts: listOf(MountReader),
    NetworkSettings: schemas/* object */.Ikc({ Networks: mapOf(NetworkReader), Ports: mapOf(listOf(PortReader)) }),
})
    .transform(({ Config: config, HostConfig: hostConfig, ...answer }) => ({
    id: answer.Id,
    name: withoutSlash(answer.Name),
    imageId: answer.Image,
    image: config.Image,
    created: answer.Created,
    state: answer.State,
    restartCount: answer.RestartCount,
    restartPolicy: {
        // A container that was given no policy has the empty name.
        name: hostConfig.RestartPolicy?.Name || 'no',
        maximumRetryCount: hostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    labels: config.Labels,
    environment: config.Env,
    user: config.User,
    tty: config.Tty,
    stopSignal: config.StopSignal,
    stopTimeoutSeconds: config.StopTimeout ?? undefined,
    hasHealthCheck: isHealthCheck(config.Healthcheck?.Test),
    networkMode: hostConfig.NetworkMode,
    mounts: answer.Mounts,
    networks: answer.NetworkSettings.Networks,
    ports: answer.NetworkSettings.Ports,
}));
/** `NONE` switches off the check that the image came with. */
function isHealthCheck(test) {
    return test !== undefined && test.length > 0 && test[0] !== 'NONE';
}

;// CONCATENATED MODULE: ./src/platform/docker-api/listing.ts


/** The engine's `filters` parameter; undefined when nothing is filtered. */
function filtersOf({ labels = [], names = [] }) {
    if (labels.length === 0 && names.length === 0)
        return undefined;
    return JSON.stringify({
        ...(labels.length > 0 ? { label: labels } : {}),
        ...(names.length > 0 ? { name: names } : {}),
    });
}
/** A stream that ends, instead of failing, when its reader calls it off. */
async function* untilAborted(signal, start) {
    try {
        if (signal?.aborted !== true)
            yield* start();
    }
    catch (thrown) {
        if (signal?.aborted !== true)
            throw lostStream(thrown);
    }
}
function lostStream(thrown) {
    const code = (0,error_field/* errorField */.L)(thrown, 'code');
    if (code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE')
        return thrown;
    return new errors/* RemoteFailure */.p3('lost', 'The connection to the Docker engine was lost while it was read', {
        cause: thrown,
    });
}

;// CONCATENATED MODULE: ./src/platform/docker-api/containers.ts




const Created = schemas/* object */.Ikc({ Id: schemas/* string */.YjP() });
const Waited = schemas/* object */.Ikc({ StatusCode: count });
/** The life of containers: list, create, start, stop, remove. */
function containerCalls(connection) {
    return { ...looks(connection), ...changes(connection) };
}
function looks(connection) {
    return {
        listContainers: async ({ all = false, ...filter } = {}) => {
            const query = { all, filters: filtersOf(filter) };
            const answer = await connection.send({ method: 'GET', path: '/containers/json', query });
            return readAnswer(listOf(ContainerSummaryReader), answer, 'GET /containers/json');
        },
        inspectContainer: async (id) => {
            const path = at(id, '/json');
            const answer = await connection.send({ method: 'GET', path });
            return readAnswer(ContainerDetailsReader, answer, path);
        },
        waitContainer: async (id, { timeoutMs = 600_000, signal } = {}) => {
            const path = at(id, '/wait');
            const request = { method: 'POST', path, timeoutMs, signal, dedicated: true };
            return readAnswer(Waited, await connection.send(request), path).StatusCode;
        },
    };
}
function changes(connection) {
    const post = (path, rest = {}) => connection.send({ ...rest, method: 'POST', path });
    return {
        createContainer: async (name, spec) => {
            const answer = await post('/containers/create', { query: { name }, body: spec });
            return readAnswer(Created, answer, 'POST /containers/create').Id;
        },
        startContainer: async (id) => {
            await post(at(id, '/start'));
        },
        stopContainer: async (id, timeoutSeconds) => {
            const timeoutMs = (timeoutSeconds + 30) * 1000;
            await post(at(id, '/stop'), { query: { t: timeoutSeconds }, timeoutMs, dedicated: true });
        },
        killContainer: async (id, signal) => {
            await post(at(id, '/kill'), { query: { signal } });
        },
        setRestartPolicy: async (id, name, maximumRetryCount = 0) => {
            const body = { RestartPolicy: { Name: name, MaximumRetryCount: maximumRetryCount } };
            await post(at(id, '/update'), { body });
        },
        removeContainer: async (id, { force = false, volumes = false } = {}) => {
            const query = { force, v: volumes };
            await connection.send({ method: 'DELETE', path: at(id, ''), query, dedicated: true });
        },
    };
}
function at(id, action) {
    return `/containers/${encodeURIComponent(id)}${action}`;
}

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: external "node:string_decoder"
var external_node_string_decoder_ = __webpack_require__(6193);
;// CONCATENATED MODULE: ./src/platform/docker-api/streams.ts


const HEADER_BYTES = 8;
const MAX_LINE_LENGTH = 64 * 1024;
/**
 * Takes apart the engine's frames: one byte of stream number, three zeros, four of length (big-endian), the payload.
 * Header and payload may be cut anywhere; payload is passed on as it comes and never gathered.
 */
async function* demultiplex(source) {
    let header = Buffer.alloc(0);
    let frame = { kind: 1, left: 0 };
    let complaint = '';
    for await (const chunk of source) {
        let rest = chunk;
        while (rest.length > 0) {
            if (frame.left === 0) {
                const needed = HEADER_BYTES - header.length;
                header = Buffer.concat([header, rest.subarray(0, needed)]);
                rest = rest.subarray(needed);
                if (header.length < HEADER_BYTES)
                    continue;
                frame = readHeader(header);
                header = Buffer.alloc(0);
                continue;
            }
            const data = rest.subarray(0, frame.left);
            rest = rest.subarray(data.length);
            frame.left -= data.length;
            if (frame.kind === 3)
                complaint += data.toString('utf8');
            else
                yield { stream: frame.kind === 2 ? 'stderr' : 'stdout', data };
        }
    }
    if (complaint !== '')
        throw new errors/* EngineError */.NJ(`The Docker engine broke the output off: ${complaint}`, 0);
    if (header.length > 0 || frame.left > 0) {
        throw new errors/* RemoteFailure */.p3('lost', "The Docker engine's output ended in the middle of a frame");
    }
}
function readHeader(header) {
    const kind = header.readUInt8(0);
    if (kind > 3 || header.readUIntBE(1, 3) !== 0) {
        throw new errors/* RemoteFailure */.p3('lost', "The Docker engine's output is not in frames");
    }
    return { kind, left: header.readUInt32BE(4) };
}
/** The output of a terminal: not framed, all of it stdout. */
async function* rawOutput(source) {
    for await (const data of source)
        yield { stream: 'stdout', data };
}
/** Whole lines without their end, in the order in which they ended; a line without an end in 64 Ki characters is cut. */
async function* splitLines(pieces) {
    const streams = { stdout: new LineBuffer(), stderr: new LineBuffer() };
    for await (const { stream, data } of pieces) {
        for (const line of streams[stream].take(data))
            yield { stream, line };
    }
    for (const stream of ['stdout', 'stderr']) {
        for (const line of streams[stream].rest())
            yield { stream, line };
    }
}
/** One JSON value a line, as `/events` and `/images/create` send them. */
async function* jsonLines(source) {
    for await (const { line } of splitLines(rawOutput(source))) {
        if (line.trim() !== '')
            yield JSON.parse(line);
    }
}
class LineBuffer {
    #decoder = new external_node_string_decoder_.StringDecoder('utf8');
    #pending = '';
    take(data) {
        const lines = (this.#pending + this.#decoder.write(data)).split('\n');
        this.#pending = lines.pop() ?? '';
        while (this.#pending.length > MAX_LINE_LENGTH) {
            lines.push(this.#pending.slice(0, MAX_LINE_LENGTH));
            this.#pending = this.#pending.slice(MAX_LINE_LENGTH);
        }
        return lines.map(withoutReturn);
    }
    rest() {
        const last = this.#pending + this.#decoder.end();
        this.#pending = '';
        return last === '' ? [] : [withoutReturn(last)];
    }
}
function withoutReturn(line) {
    return line.endsWith('\r') ? line.slice(0, -1) : line;
}

;// CONCATENATED MODULE: ./src/platform/docker-api/container-exec.ts






const container_exec_Created = schemas/* object */.Ikc({ Id: schemas/* string */.YjP() });
const Inspected = schemas/* object */.Ikc({ ExitCode: schemas/* number */.aig().nullish(), Running: flag });
/** Runs argv in a container, gathering its output up to the limit. */
async function runInContainer(connection, id, argv, options) {
    const body = {
        Cmd: argv,
        AttachStdin: options.stdin !== undefined,
        AttachStdout: true,
        AttachStderr: true,
        ...(options.user === undefined ? {} : { User: options.user }),
        ...(options.environment === undefined ? {} : { Env: options.environment }),
        ...(options.workingDir === undefined ? {} : { WorkingDir: options.workingDir }),
    };
    const path = `/containers/${encodeURIComponent(id)}/exec`;
    const created = await connection.send({ method: 'POST', path, body });
    const exec = readAnswer(container_exec_Created, created, path).Id;
    const socket = await connection.hijack({
        method: 'POST',
        path: `/exec/${exec}/start`,
        body: { Detach: false, Tty: false },
    });
    if (options.stdin !== undefined)
        socket.end(options.stdin);
    const output = await gather(socket, argv, options);
    return { code: await exitCode(connection, exec), ...output };
}
async function gather(socket, argv, { timeoutMs = 60_000, maxOutputBytes = 1024 * 1024 }) {
    const chunks = { stdout: [], stderr: [] };
    let left = maxOutputBytes;
    let truncated = false;
    const what = `\`${argv[0] ?? ''}\` in the container`;
    const timer = setTimeout(() => {
        socket.destroy(new errors/* RemoteFailure */.p3('deadline', `${what} did not end within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    try {
        for await (const { stream, data } of demultiplex(socket)) {
            chunks[stream].push(data.subarray(0, left));
            truncated ||= data.length > left;
            left = Math.max(0, left - data.length);
        }
    }
    catch (thrown) {
        throw failureOf(thrown, what);
    }
    finally {
        clearTimeout(timer);
        socket.destroy();
    }
    const decode = (list) => Buffer.concat(list).toString('utf8');
    return { stdout: decode(chunks.stdout), stderr: decode(chunks.stderr), truncated };
}
/** The output ends a moment before the engine knows the exit code. */
async function exitCode(connection, exec) {
    const path = `/exec/${exec}/json`;
    for (let attempt = 0; attempt < 50; attempt += 1) {
        const state = readAnswer(Inspected, await connection.send({ method: 'GET', path }), path);
        if (!state.Running && typeof state.ExitCode === 'number')
            return state.ExitCode;
        await (0,promises_.setTimeout)(attempt < 10 ? 5 : 50);
    }
    throw new errors/* RemoteFailure */.p3('lost', 'The command in the container closed its output but did not end');
}

;// CONCATENATED MODULE: ./src/platform/docker-api/container-streams.ts




/** What flows out of and into containers. */
function containerStreamCalls(connection) {
    return {
        containerLogs: (id, options = {}) => untilAborted(options.signal, () => readLogs(connection, id, options)),
        attachStdin: async (id) => {
            const socket = await connection.hijack({
                method: 'POST',
                path: `/containers/${encodeURIComponent(id)}/attach`,
                query: { stream: true, stdin: true },
            });
            // Without a reader the end of the stream would never be noticed.
            return socket.resume();
        },
        exec: (id, argv, options = {}) => runInContainer(connection, id, argv, options),
    };
}
async function* readLogs(connection, id, { tail, since, follow = false, signal }) {
    const { tty } = await containerCalls(connection).inspectContainer(id);
    const message = await connection.open({
        method: 'GET',
        path: `/containers/${encodeURIComponent(id)}/logs`,
        query: { stdout: true, stderr: true, follow, tail: tail ?? 'all', since },
        signal,
    });
    yield* splitLines(tty ? rawOutput(message) : demultiplex(message));
}

;// CONCATENATED MODULE: ./src/platform/docker-api/images.ts






const Image = schemas/* object */.Ikc({
    Id: schemas/* string */.YjP(),
    RepoTags: texts,
    RepoDigests: texts,
    Size: count,
    Os: readers_text,
    Architecture: readers_text,
    Config: schemas/* object */.Ikc({
        Labels: textMap,
        ExposedPorts: mapOf(schemas/* object */.Ikc({})),
        Healthcheck: schemas/* object */.Ikc({ Test: texts }).nullish(),
    })
        .nullish(),
})
    .transform((answer) => ({
    id: answer.Id,
    tags: answer.RepoTags,
    digests: answer.RepoDigests,
    sizeBytes: answer.Size,
    labels: answer.Config?.Labels ?? {},
    hasHealthCheck: isHealthCheck(answer.Config?.Healthcheck?.Test),
    exposedPorts: Object.keys(answer.Config?.ExposedPorts ?? {}),
    os: answer.Os,
    architecture: answer.Architecture,
}));
const Distribution = schemas/* object */.Ikc({ Descriptor: schemas/* object */.Ikc({ digest: schemas/* string */.YjP() }) });
const PullLine = schemas/* object */.Ikc({
    id: readers_text,
    status: readers_text,
    error: readers_text,
    progressDetail: schemas/* object */.Ikc({ total: schemas/* number */.aig().optional() }).nullish(),
});
/** Images here and in registries. */
function imageCalls(connection) {
    return {
        inspectImage: async (reference) => {
            const path = `/images/${imagePath(reference)}/json`;
            return readAnswer(Image, await connection.send({ method: 'GET', path }), path);
        },
        pullImage: (reference, options = {}) => pull(connection, reference, options),
        distributionDigest: async (reference, auth) => {
            const path = `/distribution/${imagePath(reference)}/json`;
            const headers = authHeader(auth);
            const answer = await connection.send({ method: 'GET', path, headers, timeoutMs: 25_000 });
            return readAnswer(Distribution, answer, path).Descriptor.digest;
        },
        removeImage: async (reference) => {
            const path = `/images/${imagePath(reference)}`;
            // Untagged parents are somebody's, too.
            const query = { noprune: true };
            await connection.send({ method: 'DELETE', path, query, dedicated: true });
        },
    };
}
async function pull(connection, reference, { auth, onProgress, timeoutMs = 600_000 }) {
    const message = await connection
        .open({
        method: 'POST',
        path: '/images/create',
        query: imageQuery(reference),
        headers: authHeader(auth),
    })
        .catch((thrown) => {
        throw thrown instanceof errors/* EngineError */.NJ ? notPulled(reference, thrown.message, thrown) : thrown;
    });
    const timer = setTimeout(() => {
        const late = `The pull of ${reference} did not end within ${timeoutMs / 1000} s`;
        message.destroy(new errors/* RemoteFailure */.p3('deadline', late));
    }, timeoutMs);
    try {
        for await (const line of jsonLines(message)) {
            const { error, id, status, progressDetail } = readAnswer(PullLine, line, 'POST /images/create');
            if (error !== '')
                throw new errors/* EngineError */.NJ(`The image ${reference} cannot be pulled: ${error}`, 0);
            if (progressDetail?.total === undefined)
                onProgress?.(id === '' ? status : `${id}: ${status}`);
        }
    }
    catch (thrown) {
        throw failureOf(thrown, `the pull of ${reference}`);
    }
    finally {
        clearTimeout(timer);
    }
}
function notPulled(reference, words, cause) {
    return new errors/* EngineError */.NJ(`The image ${reference} cannot be pulled: ${words}`, cause?.status ?? 0, {
        hint: 'Is the name right, was it pushed, and may this registry login read it?',
        cause,
    });
}
/** The engine wants the digest in the place of the tag; without any tag it would pull all of them. */
function imageQuery(reference) {
    const [name = '', digest] = reference.split('@');
    if (digest !== undefined)
        return { fromImage: name, tag: digest };
    return { fromImage: /:[^/]*$/.test(name) ? name : `${name}:latest` };
}
/** Slashes part the path of a repository; everything else is data. */
function imagePath(reference) {
    return reference.split('/').map(encodeURIComponent).join('/');
}
/** URL-safe base64 with its padding: without that the engine reads no credentials and says nothing. */
function authHeader(auth) {
    if (auth === undefined)
        return {};
    const encoded = Buffer.from(JSON.stringify(auth)).toString('base64');
    return { 'X-Registry-Auth': encoded.replaceAll('+', '-').replaceAll('/', '_') };
}

;// CONCATENATED MODULE: ./src/platform/docker-api/networks.ts



const Network = schemas/* object */.Ikc({
    Id: schemas/* string */.YjP(),
    Name: schemas/* string */.YjP(),
    Driver: readers_text,
    Internal: flag,
    EnableIPv6: flag,
    Options: textMap,
    Labels: textMap,
    Containers: mapOf(schemas/* object */.Ikc({})),
})
    .transform((answer) => ({
    id: answer.Id,
    name: answer.Name,
    driver: answer.Driver,
    internal: answer.Internal,
    ipv6: answer.EnableIPv6,
    options: answer.Options,
    labels: answer.Labels,
    containers: Object.keys(answer.Containers),
}));
const Volume = schemas/* object */.Ikc({ Name: schemas/* string */.YjP(), Driver: readers_text, Mountpoint: readers_text, Labels: textMap })
    .transform((answer) => ({
    name: answer.Name,
    driver: answer.Driver,
    mountpoint: answer.Mountpoint,
    labels: answer.Labels,
}));
const Volumes = schemas/* object */.Ikc({ Volumes: listOf(Volume) });
const networks_Created = schemas/* object */.Ikc({ Id: schemas/* string */.YjP() });
/** Networks and volumes. */
function networkCalls(connection) {
    const get = (path, filter = {}) => connection.send({ method: 'GET', path, query: { filters: filtersOf(filter) } });
    return {
        listNetworks: async (filter) => readAnswer(listOf(Network), await get('/networks', filter), 'GET /networks'),
        inspectNetwork: async (id) => {
            const path = `/networks/${encodeURIComponent(id)}`;
            return readAnswer(Network, await get(path), path);
        },
        createNetwork: async (spec) => {
            // Without it the engine makes a second network of the same name and says nothing.
            const body = { CheckDuplicate: true, ...spec };
            const answer = await connection.send({ method: 'POST', path: '/networks/create', body });
            return readAnswer(networks_Created, answer, 'POST /networks/create').Id;
        },
        removeNetwork: async (id) => {
            await connection.send({ method: 'DELETE', path: `/networks/${encodeURIComponent(id)}` });
        },
        connectNetwork: async (network, container, aliases = []) => {
            const path = `/networks/${encodeURIComponent(network)}/connect`;
            const body = { Container: container, EndpointConfig: { Aliases: aliases } };
            await connection.send({ method: 'POST', path, body });
        },
        createVolume: async (spec) => {
            await connection.send({ method: 'POST', path: '/volumes/create', body: spec });
        },
        listVolumes: async (filter) => readAnswer(Volumes, await get('/volumes', filter), 'GET /volumes').Volumes,
        inspectVolume: async (name) => {
            const path = `/volumes/${encodeURIComponent(name)}`;
            return readAnswer(Volume, await get(path), path);
        },
    };
}

;// CONCATENATED MODULE: ./src/platform/docker-api/system.ts




const Version = schemas/* object */.Ikc({
    Version: readers_text,
    ApiVersion: schemas/* string */.YjP(),
    MinAPIVersion: readers_text,
    Os: readers_text,
    Arch: readers_text,
    Components: listOf(schemas/* object */.Ikc({ Name: readers_text })),
})
    .transform((answer) => ({
    version: answer.Version,
    apiVersion: answer.ApiVersion,
    minApiVersion: answer.MinAPIVersion,
    os: answer.Os,
    architecture: answer.Arch,
    components: answer.Components.map((component) => component.Name),
}));
/** How an engine names the store of its images when containerd keeps them. */
const containerdStore = 'io.containerd.snapshotter.v1';
const Info = schemas/* object */.Ikc({
    Name: readers_text,
    DockerRootDir: readers_text,
    SecurityOptions: texts,
    NCPU: count,
    MemTotal: count,
    Architecture: readers_text,
    Swarm: schemas/* object */.Ikc({ LocalNodeState: readers_text }).nullish(),
    LiveRestoreEnabled: flag,
    DriverStatus: listOf(texts),
    RegistryConfig: schemas/* object */.Ikc({
        Mirrors: texts,
        IndexConfigs: mapOf(schemas/* object */.Ikc({ Secure: schemas/* boolean */.zMY().default(true) })),
    })
        .nullish(),
})
    .transform((answer) => ({
    name: answer.Name,
    dockerRoot: answer.DockerRootDir,
    rootless: answer.SecurityOptions.some((option) => option.startsWith('name=rootless')),
    cpus: answer.NCPU,
    memoryBytes: answer.MemTotal,
    architecture: answer.Architecture,
    swarm: answer.Swarm?.LocalNodeState === 'active',
    liveRestore: answer.LiveRestoreEnabled,
    containerdImages: answer.DriverStatus.some((pair) => pair.includes(containerdStore)),
    mirrors: answer.RegistryConfig?.Mirrors ?? [],
    insecureRegistries: Object.entries(answer.RegistryConfig?.IndexConfigs ?? {}).flatMap(([name, { Secure }]) => (Secure ? [] : [name])),
}));
const Event = schemas/* object */.Ikc({
    Type: readers_text,
    Action: readers_text,
    Actor: schemas/* object */.Ikc({ ID: readers_text, Attributes: textMap }),
    timeNano: count,
})
    .transform((event) => ({
    type: event.Type,
    action: event.Action,
    id: event.Actor.ID,
    attributes: event.Actor.Attributes,
    timeMs: Math.floor(event.timeNano / 1e6),
}));
/** Calls about the engine as a whole. */
function systemCalls(connection) {
    const get = (path) => connection.send({ method: 'GET', path });
    return {
        ping: async () => {
            await connection.send({ method: 'HEAD', path: '/_ping', timeoutMs: 10_000 });
        },
        version: async () => {
            const answer = await connection.send({ method: 'GET', path: '/version', unversioned: true });
            return readAnswer(Version, answer, 'GET /version');
        },
        info: async () => readAnswer(Info, await get('/info'), 'GET /info'),
        events: ({ signal, since, ...filter } = {}) => untilAborted(signal, async function* () {
            const query = { since, filters: filtersOf(filter) };
            const message = await connection.open({ method: 'GET', path: '/events', query, signal });
            for await (const line of jsonLines(message))
                yield readAnswer(Event, line, 'GET /events');
        }),
    };
}

;// CONCATENATED MODULE: ./src/platform/docker-api/docker-api.ts








/** The newest API this client was written for; a newer engine still speaks it. */
const NEWEST_API = '1.44';
/** A client of the engine, once it has answered with its versions; throws a RemoteFailure `unreachable` when it does not. */
async function connectEngine(source) {
    const engine = openEngine(source);
    await engine.version();
    return engine;
}
/** A client that nobody has waited for: the first call finds out whether there is an engine, and which versions it speaks. */
function openEngine(source) {
    const open = 'open' in source ? source.open : () => Promise.resolve((0,external_node_net_.connect)({ path: source.socketPath }));
    const connection = new EngineConnection(open, async () => negotiate(await version()));
    const system = systemCalls(connection);
    let answer;
    const version = () => (answer ??= firstAnswer(connection, system));
    return {
        ...system,
        version,
        ...containerCalls(connection),
        ...containerStreamCalls(connection),
        ...networkCalls(connection),
        ...imageCalls(connection),
        close: () => {
            connection.close();
        },
    };
}
async function firstAnswer(connection, system) {
    try {
        return await system.version();
    }
    catch (thrown) {
        connection.close();
        if (!(thrown instanceof errors/* RemoteFailure */.p3) || thrown.reason === 'unreachable')
            throw thrown;
        throw new errors/* RemoteFailure */.p3('unreachable', `Docker does not answer: ${(0,errors/* messageOf */.bD)(thrown)}`, {
            hint: thrown.hint ?? cureFor(thrown.message),
            cause: thrown,
        });
    }
}
// What the docker command of the server says in words when it cannot reach its engine, and what helps.
const cures = [
    [/not found/i, 'Install Docker Engine 20.10 or newer, with Compose v2, on the server.'],
    [
        /permission denied/i,
        'Add this user to the group docker on the server: sudo usermod -aG docker USER',
    ],
    [
        /no such file|refused|cannot connect/i,
        'Start Docker on the server: sudo systemctl enable --now docker',
    ],
];
function cureFor(said) {
    const known = cures.find(([pattern]) => pattern.test(said))?.[1];
    return known ?? 'Is Docker installed and running on this host, and may this user use it?';
}
/** The engine's version up to ours, but never below what it still speaks. */
function negotiate({ apiVersion, minApiVersion }) {
    const wanted = isNewer(apiVersion, NEWEST_API) ? NEWEST_API : apiVersion;
    return isNewer(minApiVersion, wanted) ? minApiVersion : wanted;
}
function isNewer(left, right) {
    return left !== '' && left.localeCompare(right, 'en', { numeric: true }) > 0;
}

// EXTERNAL MODULE: ./src/platform/local-host.ts + 2 modules
var local_host = __webpack_require__(4377);
// EXTERNAL MODULE: ./src/platform/clock.ts
var clock = __webpack_require__(3037);
;// CONCATENATED MODULE: ./src/domain/registry/registry-address.ts
const hub = 'docker.io';
const loopback = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?$/;
/** Where a registry's API is: HTTPS, and plain HTTP on this machine alone. */
function registryOrigin(registry) {
    if (registry === hub)
        return 'https://registry-1.docker.io';
    return `${loopback.test(registry) ? 'http' : 'https'}://${registry.toLowerCase()}`;
}
/** Whether something may be sent on from one address to another: never from HTTPS to plain HTTP. */
function keepsSafe(from, to) {
    return to.protocol === 'https:' || (from.protocol === 'http:' && to.protocol === 'http:');
}

// EXTERNAL MODULE: ./src/platform/github/masks.ts
var github_masks = __webpack_require__(7314);
// EXTERNAL MODULE: ./src/domain/json.ts
var json = __webpack_require__(7504);
;// CONCATENATED MODULE: ./src/domain/registry/auth-challenge.ts
/** Reads a `WWW-Authenticate` header; a token is preferred to the password itself. Null when nothing in it is known. */
function readChallenge(header) {
    const [, bearer] = /(?:^|,\s*)bearer\s+(.*)$/i.exec(header) ?? [];
    const realm = bearer === undefined ? null : parameter(bearer, 'realm');
    if (bearer !== undefined && realm !== null)
        return { scheme: 'bearer', realm, service: parameter(bearer, 'service') };
    return /(?:^|,\s*)basic(?:\s|$)/i.test(header) ? { scheme: 'basic' } : null;
}
function parameter(text, name) {
    const [, quoted, bare] = new RegExp(`(?:^|[\\s,])${name}=(?:"([^"]*)"|([^\\s,"]+))`, 'i').exec(text) ?? [];
    return quoted ?? bare ?? null;
}

;// CONCATENATED MODULE: ./src/platform/registry/failures.ts

/** The failure that an answer stands for. */
function refusedBy(request, { status, headers, bytes }, hint) {
    const busy = status === 429 || status >= 500;
    const seconds = Number(headers.get('retry-after'));
    const retryAfterMs = !busy ? null : seconds > 0 ? seconds * 1000 : 0;
    const words = wordsOf(Buffer.from(bytes).toString('utf8'));
    const text = words === '' ? `HTTP ${status}` : `HTTP ${status}, ${words}`;
    return failure(request, status, text, retryAfterMs, hint);
}
const again = 'Look at the registry, then run again: what is written already stays, and nothing is written twice.';
/** A failure in the words that all of them have: who was asked what, and what came of it. */
function failure({ what, url }, status, said, retryAfterMs = null, hint, cause) {
    const text = `${url.host} was asked ${what}: ${said}`;
    return new errors/* RegistryFailure */.Yp(text, status, retryAfterMs, {
        hint: hint ?? hints[status] ?? again,
        cause,
    });
}
const hints = {
    404: 'Check the name. What a login may not see is not found either.',
    429: 'The registry allows no more for now. Wait some minutes; a login has a higher limit than none.',
};
/** Registries answer with a list of errors: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes. */
function wordsOf(said) {
    if (/^\s*</.test(said))
        return 'with a web page';
    const found = [...said.matchAll(/"(?:code|message)"\s*:\s*"((?:[^"\\]|\\.)*)"/g)];
    const words = found.length === 0 ? said : found.map(([, word = '']) => word).join(' ');
    return words
        .replaceAll(/[\s\p{Cc}]+/gu, ' ')
        .trim()
        .slice(0, 300);
}

// EXTERNAL MODULE: external "node:https"
var external_node_https_ = __webpack_require__(4708);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
;// CONCATENATED MODULE: ./src/platform/registry/send-stream.ts





/** Neither side moves for so long: the connection is dead. */
const idleMs = 300_000;
/** Sends a body of any size as it comes. Not by `fetch`, with which the process grew by all that it sent (Node 24.21: 1.1 GB for a blob of 1 GB, 0.25 GB this way). */
async function sendStream(url, options, body) {
    const start = url.protocol === 'https:' ? external_node_https_.request : external_node_http_.request;
    const request = start(url, { ...options, agent: false, timeout: idleMs });
    request.once('timeout', () => request.destroy(new Error(`nothing moved for ${idleMs} ms`)));
    const answer = (0,external_node_events_.once)(request, 'response');
    const sent = (0,external_node_stream_promises_.pipeline)(external_node_stream_.Readable.from(body), request).then(() => answer);
    // A server may refuse before it has read all, and then there is no end of sending.
    sent.catch(() => undefined);
    const [message] = await Promise.race([answer, sent]);
    const { statusCode: status = 0, headersDistinct } = message;
    const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) => values.map((value) => [name, value]));
    const none = status === 204 || status === 304;
    if (none)
        message.resume();
    return new Response(none ? null : external_node_stream_.Readable.toWeb(message), {
        status,
        headers,
    });
}

;// CONCATENATED MODULE: ./src/platform/registry/exchange.ts





const attempts = 5;
const longestWaitMs = 60_000;
/** From the request to the last byte of an answer that is no stream. */
const deadlineMs = 60_000;
const redirects = 5;
/** What a registry may say when it refuses, in bytes. */
const longestRefusal = 64 * 1024;
/** Sends a request; repeats it on 429, 5xx and when no answer came. Throws a RegistryFailure once that does not help. */
async function exchange(request, tools) {
    const tries = isStream(request.body) ? 1 : attempts;
    for (let attempt = 1;; attempt += 1) {
        const failure = await answerTo(request, tools.signal);
        if (!(failure instanceof errors/* RegistryFailure */.Yp))
            return failure;
        tools.signal.throwIfAborted();
        if (failure.retryAfterMs === null || attempt >= tries)
            throw failure;
        const waitMs = Math.max(failure.retryAfterMs, 500 * 2 ** (attempt - 1));
        await tools.clock.sleep(Math.min(waitMs, longestWaitMs), tools.signal);
    }
}
async function answerTo(request, signal) {
    try {
        const { response, own, url } = await follow(request, signal);
        const { status, headers } = response;
        const streams = request.take === 'stream' && status === 200;
        const bytes = streams ? new Uint8Array() : await readBytes(response, request);
        if (status === 429 || status >= 500)
            return refusedBy(request, { status, headers, bytes });
        return { status, headers, own, bytes, stream: streams ? response.body : null, url };
    }
    catch (thrown) {
        const known = ownFailure(thrown);
        if (known !== null)
            return known;
        signal.throwIfAborted();
        return unanswered(request, thrown);
    }
}
async function readBytes(response, request) {
    const max = request.take === 'stream' ? longestRefusal : request.take;
    const parts = [];
    let size = 0;
    for await (const part of (response.body ?? [])) {
        size += part.byteLength;
        if (size > max)
            throw failure(request, 0, `its answer has more than ${max} bytes`);
        parts.push(part);
    }
    return new Uint8Array(Buffer.concat(parts));
}
/** Follows redirects of reads; a body is never sent on. */
async function follow(request, signal) {
    const { method, authorization, body } = request;
    const streams = request.take === 'stream' || isStream(body);
    const limit = streams ? signal : AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    let { url } = request;
    let own = true;
    for (let hop = 0; hop <= redirects; hop += 1) {
        const headers = {
            'user-agent': 'shiplock',
            'accept-encoding': 'identity',
            ...request.headers,
            ...(own && authorization !== null && { authorization }),
        };
        const options = { method, headers, signal: limit };
        const response = isStream(body)
            ? await sendStream(url, options, body)
            : await fetch(url, { ...options, redirect: 'manual', ...(body !== undefined && { body }) });
        const next = nextOf(response, url, method);
        if (next === null)
            return { response, own, url };
        if (!keepsSafe(url, next))
            throw failure(request, response.status, `it redirects to plain HTTP at ${next.host}`);
        await response.body?.cancel();
        own &&= next.origin === url.origin;
        url = next;
    }
    throw failure(request, 0, `it redirects more than ${redirects} times`);
}
/** Whether a body comes as it goes, and can be sent only once. */
function isStream(body) {
    return typeof body === 'object' && Symbol.asyncIterator in body;
}
function nextOf(response, url, method) {
    const location = response.headers.get('location');
    const moved = [301, 302, 303, 307, 308].includes(response.status);
    if (!moved || location === null || (method !== 'GET' && method !== 'HEAD'))
        return null;
    return URL.parse(location, url.href);
}
function unanswered(request, thrown) {
    const cause = thrown?.cause ?? thrown;
    const code = (0,error_field/* errorField */.L)(cause, 'code');
    const text = (0,error_field/* errorField */.L)(cause, 'message') || (0,errors/* messageOf */.bD)(cause);
    const said = code === '' || text.includes(code) ? text : `${code}: ${text}`;
    return failure(request, 0, `no whole answer came (${said})`, 0, hintFor(code, text), thrown);
}
function hintFor(code, text) {
    if (/CERT|SIGNATURE|SELF_SIGNED/.test(code))
        return 'Let the runner trust its certificate: NODE_EXTRA_CA_CERTS names a file with the authority.';
    if (code === 'EPROTO' || /wrong version number|packet length too long/i.test(text))
        return 'It seems to speak plain HTTP. Only a registry on the runner itself (127.0.0.1, localhost) may: let it speak TLS.';
    return undefined;
}
/** A failure of ours inside whatever the platform wrapped around it: a body that turned out bad while it was sent. */
function ownFailure(thrown) {
    if (thrown instanceof errors/* RegistryFailure */.Yp)
        return thrown;
    const cause = thrown?.cause;
    return cause instanceof errors/* RegistryFailure */.Yp ? cause : null;
}

;// CONCATENATED MODULE: ./src/platform/registry/authorization.ts







/** Logs in as the registry asks for it: https://distribution.github.io/distribution/spec/auth/token/. */
function authorization(options) {
    const tokens = new Map();
    let challenge = null;
    const header = async (scopes) => {
        if (challenge === null)
            return null;
        const credentials = await options.credentials();
        if (challenge.scheme === 'basic')
            return credentials?.kind === 'password' ? `Basic ${basicLogin(credentials)}` : null;
        if (credentials?.kind === 'token')
            return `Bearer ${credentials.token}`;
        const key = scopes.join(' ');
        const token = tokens.get(key) ?? (await askToken(challenge, credentials, scopes, options));
        options.conceal(token);
        tokens.set(key, token);
        return `Bearer ${token}`;
    };
    return {
        header,
        answer: (text, scopes) => {
            challenge = readChallenge(text);
            // Tokens last for minutes: an old one is what was refused.
            tokens.delete(scopes.join(' '));
            return header(scopes);
        },
        known: async () => (await options.credentials()) !== null,
    };
}
/** User and password as a header has them. */
function basicLogin({ username, password, }) {
    return Buffer.from(`${username}:${password}`).toString('base64');
}
const longestToken = 1024 * 1024;
const answer = schemas/* object */.Ikc({ token: schemas/* string */.YjP().optional(), access_token: schemas/* string */.YjP().optional() })
    .transform(({ token = '', access_token = '' }) => token || access_token);
async function askToken({ realm, service }, credentials, scopes, { origin, ...tools }) {
    const url = URL.parse(realm);
    if (url === null || !keepsSafe(origin, url)) {
        const says = `${origin.host} wants logins at ${JSON.stringify(realm.slice(0, 200))}, which is no address with HTTPS`;
        throw new errors/* RegistryFailure */.Yp(says, 0, null, { hint: 'Look at the registry.' });
    }
    const request = tokenRequest(url, service, credentials, scopes);
    const given = await exchange(request, tools);
    if (given.status !== 200)
        throw refusedBy(request, given, loginHint(credentials !== null));
    const text = Buffer.from(given.bytes).toString('utf8');
    const token = answer.safeParse((0,json/* parseJson */.q)(text)).data ?? '';
    if (token === '')
        throw failure(request, 200, 'its answer has none');
    return token;
}
function tokenRequest(realm, service, credentials, scopes) {
    const what = `for a token (${scopes.join(' ')})`;
    const fields = new URLSearchParams();
    if (service !== null)
        fields.set('service', service);
    if (credentials?.kind === 'identity') {
        fields.set('grant_type', 'refresh_token');
        fields.set('refresh_token', credentials.token);
        fields.set('client_id', 'shiplock');
        fields.set('scope', scopes.join(' '));
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const body = fields.toString();
        return {
            what,
            method: 'POST',
            url: realm,
            headers,
            authorization: null,
            body,
            take: longestToken,
        };
    }
    const url = new URL(realm);
    for (const [name, value] of fields)
        url.searchParams.set(name, value);
    for (const scope of scopes)
        url.searchParams.append('scope', scope);
    const login = credentials?.kind === 'password' ? `Basic ${basicLogin(credentials)}` : null;
    return { what, method: 'GET', url, headers: {}, authorization: login, take: longestToken };
}
/** What to do when a registry refuses. */
function loginHint(loggedIn) {
    return loggedIn
        ? 'Check registry-username and registry-password (or the docker login of the job), whether the token has expired, and whether it may do this: at ghcr.io the job needs `packages: write`, or `read` for what is only read.'
        : 'Give registry-username and registry-password, or log in before this step (docker/login-action).';
}

;// CONCATENATED MODULE: ./src/platform/registry/connection.ts






/** @param credentials asked once, when the registry wants a login */
function connectRegistry(registry, credentials, tools) {
    const origin = new URL(registryOrigin(registry));
    const masks = (0,github_masks/* createMasks */._)();
    let login;
    const conceal = (text) => void masks.add(text);
    const secret = async () => {
        const found = await (login ??= credentials());
        secretsOf(found).forEach(conceal);
        return found;
    };
    const auth = authorization({ ...tools, origin, credentials: secret, conceal });
    return {
        registry,
        origin,
        ask: (question) => askLoggedIn(question, origin, auth, tools).catch((thrown) => {
            throw concealed(thrown, masks);
        }),
        wrong: ({ what }, says, again = false) => failure({ what, url: origin }, 0, says, again ? 0 : null),
    };
}
async function askLoggedIn(question, origin, auth, tools) {
    const { at, scopes, headers = {}, expected, ...rest } = question;
    const url = new URL(at, origin);
    const request = { ...rest, url, headers };
    if (!keepsSafe(origin, url))
        throw failure(request, 0, 'it names a place with plain HTTP');
    const mine = url.origin === origin.origin;
    const shown = mine ? await auth.header(scopes) : null;
    let answer = await exchange({ ...request, authorization: shown }, tools);
    // A challenge of the host that a redirect led to is none of ours to answer.
    if (answer.status === 401 && mine && answer.own && !isStream(rest.body)) {
        const header = await auth.answer(answer.headers.get('www-authenticate') ?? '', scopes);
        if (header !== null)
            answer = await exchange({ ...request, authorization: header }, tools);
    }
    if (expected.includes(answer.status))
        return answer;
    const refused = answer.status === 401 || answer.status === 403;
    throw refusedBy(request, answer, refused ? loginHint(await auth.known()) : undefined);
}
function secretsOf(credentials) {
    if (credentials === null)
        return [];
    if (credentials.kind !== 'password')
        return [credentials.token];
    return [credentials.password, basicLogin(credentials)];
}
/** A registry may send back what it was shown. */
function concealed(thrown, masks) {
    if (!(thrown instanceof errors/* RegistryFailure */.Yp))
        return thrown;
    const { message, status, retryAfterMs, hint, cause } = thrown;
    const shown = masks.hide(message);
    if (shown === message)
        return thrown;
    return new errors/* RegistryFailure */.Yp(shown, status, retryAfterMs, { hint, cause });
}

// EXTERNAL MODULE: external "node:fs/promises"
var external_node_fs_promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
;// CONCATENATED MODULE: ./src/domain/registry/docker-config.ts


const docker_config_text = schemas/* string */.YjP().optional();
const login = schemas/* object */.Ikc({
    auth: docker_config_text,
    username: docker_config_text,
    password: docker_config_text,
    identitytoken: docker_config_text,
    registrytoken: docker_config_text,
});
const schema = schemas/* object */.Ikc({
    auths: schemas/* record */.g1P(schemas/* string */.YjP(), login).default({}),
    credHelpers: schemas/* record */.g1P(schemas/* string */.YjP(), schemas/* string */.YjP()).default({}),
    credsStore: docker_config_text,
});
const hubKey = 'https://index.docker.io/v1/';
/**
 * Finds the login for a registry in the text of a `config.json`, in docker's own order: a helper for this registry, the store
 * for all, the file. Null when the text is no docker configuration.
 */
function storedLogin(config, registry) {
    const parsed = schema.safeParse((0,json/* parseJson */.q)(config));
    if (!parsed.success)
        return null;
    const { auths, credHelpers, credsStore } = parsed.data;
    const server = registry === 'docker.io' ? hubKey : registry;
    const helper = (credHelpers[server] ?? credHelpers[registry] ?? credsStore) || undefined;
    if (helper !== undefined)
        return { in: 'helper', helper, server };
    const key = Object.keys(auths).find((one) => hostOf(one) === hostOf(server));
    const found = auths[server] ?? (key === undefined ? undefined : auths[key]);
    const credentials = found === undefined ? null : credentialsOf(found);
    return credentials === null ? { in: 'nowhere' } : { in: 'file', credentials };
}
function credentialsOf(found) {
    const { auth = '', identitytoken = '', registrytoken = '' } = found;
    if (registrytoken !== '')
        return { kind: 'token', token: registrytoken };
    if (identitytoken !== '')
        return { kind: 'identity', token: identitytoken };
    const [, username, password] = /^([^:]*):(.*)$/s.exec(decoded(auth)) ?? [
        auth,
        found.username,
        found.password,
    ];
    if (username === undefined || password === undefined || username === '')
        return null;
    return { kind: 'password', username, password: password.replace(/\0+$/, '') };
}
const docker_config_answer = schemas/* object */.Ikc({ Username: schemas/* string */.YjP(), Secret: schemas/* string */.YjP() });
/** What `docker-credential-… get` printed; null when it is no login. */
function helperAnswer(stdout) {
    const parsed = docker_config_answer.safeParse((0,json/* parseJson */.q)(stdout));
    if (!parsed.success)
        return null;
    const { Username: username, Secret: secret } = parsed.data;
    if (username === '<token>')
        return { kind: 'identity', token: secret };
    return { kind: 'password', username, password: secret };
}
/** Old configurations name a registry by the address of its API. */
function hostOf(key) {
    return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
function decoded(base64) {
    try {
        return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.codePointAt(0) ?? 0));
    }
    catch {
        return '';
    }
}

;// CONCATENATED MODULE: ./src/platform/registry/docker-login.ts







/** That of this process: `$DOCKER_CONFIG`, else `~/.docker`. */
function ownHome() {
    const folder = process.env['DOCKER_CONFIG'] ?? '';
    return { folder: folder === '' ? (0,external_node_path_.join)((0,external_node_os_.homedir)(), '.docker') : folder, host: (0,local_host/* localHost */.O)() };
}
/** The login for a registry that `docker login` left on this machine, asked of docker's credential helpers where it names one; null when there is none. */
async function dockerCredentials(registry, { folder, host } = ownHome()) {
    const path = (0,external_node_path_.join)(folder, 'config.json');
    const text = await (0,external_node_fs_promises_.readFile)(path, 'utf8').catch((thrown) => {
        if (['ENOENT', 'ENOTDIR'].includes((0,error_field/* errorField */.L)(thrown, 'code')))
            return null;
        throw unreadable(path, (0,errors/* messageOf */.bD)(thrown), thrown);
    });
    if (text === null)
        return null;
    const login = storedLogin(text, registry);
    if (login === null)
        throw unreadable(path, 'it is no docker configuration', undefined);
    if (login.in === 'helper')
        return askHelper(host, login.helper, login.server);
    return login.in === 'file' ? login.credentials : null;
}
/** https://github.com/docker/docker-credential-helpers#development */
async function askHelper(host, helper, server) {
    const program = `docker-credential-${helper}`;
    const refused = (why, cause) => new errors/* ShiplockError */.GV(`${program} gave no login for ${server}: ${why}`, {
        hint: `Try it: echo ${server} | ${program} get. Or give registry-username and registry-password.`,
        fault: 'user',
        verdict: 'refused',
        cause,
    });
    const { code, stdout, stderr } = await host
        .exec([program, 'get'], { stdin: server, timeoutMs: 30_000 })
        .catch((thrown) => {
        throw refused((0,errors/* messageOf */.bD)(thrown), thrown);
    });
    const found = code === 0 ? helperAnswer(stdout) : null;
    if (found !== null)
        return found;
    if (/credentials not found/i.test(stdout + stderr))
        return null;
    // What a helper prints may hold a secret.
    throw refused(`exit code ${code}`);
}
function unreadable(path, why, cause) {
    return new errors/* ShiplockError */.GV(`${path} cannot be read: ${why}`, {
        hint: 'Mend it, or point DOCKER_CONFIG to another folder, or give registry-username and registry-password.',
        fault: 'user',
        verdict: 'refused',
        cause,
    });
}

;// CONCATENATED MODULE: ./src/domain/registry/manifest.ts


const manifest_indexType = 'application/vnd.oci.image.index.v1+json';
/** Lists of manifests, one a platform. */
const indexTypes = [
    manifest_indexType,
    'application/vnd.docker.distribution.manifest.list.v2+json',
];
/** Every kind of manifest that is understood: those of OCI, and Docker's own of schema 2. */
const manifestTypes = [
    ...indexTypes,
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
];
const digestShape = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const descriptor = schemas/* looseObject */._H3({
    mediaType: schemas/* string */.YjP(),
    digest: schemas/* string */.YjP().regex(digestShape),
    size: schemas/* number */.aig().int().nonnegative(),
    platform: schemas/* looseObject */._H3({ os: schemas/* string */.YjP(), architecture: schemas/* string */.YjP(), variant: schemas/* string */.YjP().optional() })
        .optional(),
    urls: schemas/* array */.YOg(schemas/* string */.YjP()).optional(),
});
const common = {
    subject: descriptor.optional(),
    artifactType: schemas/* string */.YjP().optional(),
    annotations: schemas/* record */.g1P(schemas/* string */.YjP(), schemas/* string */.YjP()).optional(),
};
const index = schemas/* looseObject */._H3({ ...common, manifests: schemas/* array */.YOg(descriptor) });
const manifest_image = schemas/* looseObject */._H3({ ...common, config: descriptor, layers: schemas/* array */.YOg(descriptor) });
const header = schemas/* object */.Ikc({ mediaType: schemas/* string */.YjP().optional(), schemaVersion: schemas/* literal */.euz(2) });
/** Reads what a registry gave for a manifest. @param contentType of the answer; '' = none */
function readManifest(text, contentType) {
    const said = contentType.replace(/;.*$/, '').trim().toLowerCase();
    const value = (0,json/* parseJson */.q)(text);
    if (value === undefined)
        return { wrong: /html/.test(said) || /^\s*</.test(text) ? webPage : 'it is not JSON' };
    const head = header.safeParse(value);
    if (!head.success)
        return { wrong: 'it is no manifest of schema version 2' };
    const own = head.data.mediaType;
    const known = manifestTypes.includes(said);
    if (known && own !== undefined && own !== said)
        return { wrong: `it was sent as ${said} and calls itself ${own}` };
    const mediaType = known ? said : (own ?? said);
    if (!manifestTypes.includes(mediaType))
        return { wrong: `${JSON.stringify(mediaType)} is no type of manifest that is known here` };
    const document = documentOf(value, mediaType);
    return document === null ? { wrong: `it is no ${mediaType}` } : { mediaType, document };
}
const webPage = 'a web page came instead, as from a login page or a proxy on the way';
function documentOf(value, mediaType) {
    if (indexTypes.includes(mediaType)) {
        const list = index.safeParse(value);
        return list.success ? { kind: 'index', ...list.data } : null;
    }
    const one = manifest_image.safeParse(value);
    return one.success ? { kind: 'image', ...one.data } : null;
}
/** Children of an index, or config and layers of an image. */
function partsOf(document) {
    return document.kind === 'index' ? document.manifests : [document.config, ...document.layers];
}
/** `linux/arm64/v8` */
function platformName(platform) {
    const { os, architecture, variant } = platform;
    return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}
/** Whether an entry of an index speaks of other entries (what buildx writes as an attestation) and is nothing to run. */
function isAttestation({ platform }) {
    return platform?.os === 'unknown' && platform.architecture === 'unknown';
}
const layerTypes = new Map([
    ['application/vnd.oci.image.layer.v1.tar', 'none'],
    ['application/vnd.oci.image.layer.v1.tar+gzip', 'gzip'],
    ['application/vnd.oci.image.layer.v1.tar+zstd', 'zstd'],
    ['application/vnd.docker.image.rootfs.diff.tar', 'none'],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'gzip'],
    ['application/vnd.docker.image.rootfs.diff.tar.zstd', 'zstd'],
]);
/** How a layer of this media type is packed; null = it is none that a registry keeps, or one that nobody here can unpack. */
function packingOf(mediaType) {
    return layerTypes.get(mediaType) ?? null;
}

// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
var external_node_zlib_default = /*#__PURE__*/__webpack_require__.n(external_node_zlib_);
;// CONCATENATED MODULE: ./src/platform/registry/unpacked-size.ts



/** No image has such a layer; whatever unpacks to more was made to do so. */
const largestLayer = 256 * 1024 ** 3;
/** Bytes of a stream once it is unpacked; nothing is kept. Throws when it cannot be unpacked. */
async function unpackedSize(stream, packing) {
    let size = 0;
    const count = new external_node_stream_.Writable({
        write: (chunk, _encoding, done) => {
            size += chunk.byteLength;
            done(size > largestLayer ? new Error(`it unpacks to more than ${largestLayer} bytes`) : null);
        },
    });
    const source = external_node_stream_.Readable.from(stream);
    if (packing === 'none')
        await (0,external_node_stream_promises_.pipeline)(source, count);
    else if (packing === 'gzip')
        await (0,external_node_stream_promises_.pipeline)(source, external_node_zlib_default().createGunzip(), count);
    else
        await (0,external_node_stream_promises_.pipeline)(source, external_node_zlib_default().createZstdDecompress(), count);
    return size;
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./src/platform/registry/verified.ts



/** `sha256:…` of bytes, or by the algorithm that another digest is made with. */
function digestOf(bytes, algorithm = 'sha256') {
    return `${algorithm}:${(0,external_node_crypto_.createHash)(algorithm).update(bytes).digest('hex')}`;
}
/** Passes a stream on and throws at its end, or as soon as it is too long, when it is not what was announced. */
async function* verified(stream, { digest, size }, wrong) {
    const [algorithm = 'sha256'] = digest.split(':', 1);
    const hash = (0,external_node_crypto_.createHash)(algorithm);
    let seen = 0;
    try {
        for await (const chunk of stream) {
            seen += chunk.byteLength;
            if (seen > size)
                break;
            hash.update(chunk);
            yield chunk;
        }
    }
    catch (thrown) {
        const why = (0,error_field/* errorField */.L)(thrown.cause, 'message') || (0,errors/* messageOf */.bD)(thrown);
        throw wrong(`its answer broke off after ${seen} of ${size} bytes (${why})`, true);
    }
    if (seen > size)
        throw wrong(`more than the ${size} bytes came that it should have`, false);
    if (seen < size)
        throw wrong(`${seen} of ${size} bytes came`, true);
    const found = `${algorithm}:${hash.digest('hex')}`;
    if (found !== digest)
        throw wrong(`what came has the digest ${found}`, false);
}

;// CONCATENATED MODULE: ./src/platform/registry/blobs.ts





const largestRead = 16 * 1024 * 1024;
/** @param path in the registry, such as `octo/app` */
function blobCalls(connection, path) {
    const question = (what, digest) => ({
        ...{ what: `${what} ${digest} of ${path}`, at: `/v2/${path}/blobs/${digest}` },
        ...{ scopes: [`repository:${path}:pull`], expected: [200] },
    });
    const openBlob = async (blob) => {
        const asked = question('for the blob', blob.digest);
        const { stream } = await connection.ask({ ...asked, method: 'GET', take: 'stream' });
        if (stream === null)
            throw connection.wrong(asked, 'its answer has no body');
        const chunks = external_node_stream_.Readable.fromWeb(stream);
        return verified(chunks, blob, (says, again) => connection.wrong(asked, says, again));
    };
    return {
        openBlob,
        hasBlob: async (digest) => {
            const asked = question('whether it has', digest);
            const expected = [200, 404];
            const { status } = await connection.ask({ ...asked, method: 'HEAD', take: 0, expected });
            return status === 200;
        },
        readBlob: async (blob) => {
            const asked = question('for the blob', blob.digest);
            if (blob.size > largestRead)
                throw connection.wrong(asked, `it has ${blob.size} bytes, more than is read here`);
            return Buffer.concat(await external_node_stream_.Readable.from(await openBlob(blob)).toArray());
        },
        unpackedSize: async (layer) => {
            const asked = question('for the layer', layer.digest);
            const packing = packingOf(layer.mediaType);
            if (packing === null)
                throw connection.wrong(asked, `a layer of type ${layer.mediaType} cannot be measured`);
            const stream = await openBlob(layer);
            return unpackedSize(stream, packing).catch((thrown) => {
                if (thrown instanceof errors/* RegistryFailure */.Yp)
                    throw thrown;
                throw connection.wrong(asked, `it cannot be unpacked: ${(0,errors/* messageOf */.bD)(thrown)}`);
            });
        },
    };
}

;// CONCATENATED MODULE: ./src/domain/registry/pages.ts


/** Address of the next page in a `Link` header (RFC 8288), null when this one is the last. */
function nextPage(link) {
    const [, address] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '') ?? [];
    return address ?? null;
}
const tagList = schemas/* object */.Ikc({ tags: schemas/* array */.YOg(schemas/* string */.YjP()).nullable().optional() });
/** The tags on a page of a registry's list; null when it is none. */
function tagsOnPage(text) {
    const parsed = tagList.safeParse((0,json/* parseJson */.q)(text));
    return parsed.success ? (parsed.data.tags ?? []) : null;
}

;// CONCATENATED MODULE: ./src/domain/registry/referrers.ts

/** The tag under which a registry without a referrers API lists what refers to a digest. Source: distribution spec, "Referrers tag schema". */
function referrersTag(digest) {
    return digest.replace(':', '-');
}
/** How a manifest is listed among those that refer to another. */
function referrerOf({ digest, mediaType, bytes, document }) {
    const artifactType = document.artifactType ?? (document.kind === 'image' ? document.config.mediaType : undefined);
    const { annotations } = document;
    return {
        mediaType,
        digest,
        size: bytes.byteLength,
        ...(artifactType !== undefined && { artifactType }),
        ...(annotations !== undefined && { annotations }),
    };
}
/** What a list of referrers holds. */
function listedIn(list) {
    return list?.document.kind === 'index' ? list.document.manifests : [];
}
/** Text of a list of referrers. */
function referrersList(manifests) {
    return JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
}

;// CONCATENATED MODULE: ./src/platform/registry/manifests.ts




/** The least that a registry must take, and the most that they usually do. */
const largestManifest = 4 * 1024 * 1024;
const largestPage = 16 * 1024 * 1024;
const mostPages = 1000;
/** @param path in the registry, such as `octo/app` */
function manifestCalls(connection, path) {
    const below = (rest) => `/v2/${path}/${rest}`;
    const scopes = [`repository:${path}:pull`];
    const get = { method: 'GET', scopes, take: largestManifest };
    const calls = {
        manifest: async (reference) => {
            const what = `for the manifest ${path} ${reference}`;
            const headers = { accept: manifestTypes.join(', ') };
            const at = below(`manifests/${reference}`);
            const question = { ...get, what, at, headers, expected: [200, 404] };
            const answer = await connection.ask(question);
            return answer.status === 404 ? null : proven(connection, question, answer, reference);
        },
        put: (reference, manifest) => putManifest(connection, path, reference, manifest),
        tags: async () => {
            const question = {
                ...{ ...get, what: `for the tags of ${path}`, at: below('tags/list?n=1000') },
                ...{ take: largestPage, expected: [200, 404] },
            };
            return readPages(connection, question, ({ bytes }) => {
                const tags = tagsOnPage(textOf(bytes));
                if (tags === null)
                    throw connection.wrong(question, 'what came is no list');
                return tags;
            });
        },
        referrers: async (digest) => {
            const what = `what refers to ${digest} of ${path}`;
            const at = below(`referrers/${digest}`);
            const question = { ...get, what, at, expected: [200, 400, 404, 405, 406] };
            const listed = await readPages(connection, question, referrersIn);
            return listed ?? listedIn(await calls.manifest(referrersTag(digest)));
        },
    };
    return calls;
}
async function putManifest(connection, path, reference, { mediaType, bytes }) {
    const what = `to take the manifest ${path} ${reference}`;
    const { headers } = await connection.ask({
        ...{ what, method: 'PUT', at: `/v2/${path}/manifests/${reference}`, take: largestManifest },
        scopes: [`repository:${path}:pull,push`],
        headers: { 'content-type': mediaType },
        body: new Uint8Array(bytes),
        // Not every registry keeps to 201; what a tag holds then is read back anyway.
        expected: [200, 201, 202],
    });
    const [told, digest] = [headers.get('docker-content-digest'), digestOf(bytes)];
    if (told?.startsWith('sha256:') === true && told !== digest)
        throw connection.wrong({ what }, `it keeps ${told}, and was sent ${digest}`);
    return headers.has('oci-subject');
}
const textOf = (bytes) => Buffer.from(bytes).toString('utf8');
function proven(connection, question, { bytes, headers }, reference) {
    const found = readManifest(textOf(bytes), headers.get('content-type') ?? '');
    if ('wrong' in found)
        throw connection.wrong(question, found.wrong);
    const told = headers.get('docker-content-digest');
    for (const wanted of [reference.includes(':') ? reference : null, told]) {
        const digest = digestOf(bytes, wanted?.split(':', 1)[0]);
        if (wanted !== null && wanted !== digest)
            throw connection.wrong(question, `what came has the digest ${digest}, not ${wanted}`);
    }
    return { ...found, digest: reference.includes(':') ? reference : digestOf(bytes), bytes };
}
/** Null when this registry has no such API: it then answers as it answers anything unknown, some with 200. */
function referrersIn({ bytes, headers }) {
    const type = headers.get('content-type') ?? '';
    const found = readManifest(textOf(bytes), type);
    return 'wrong' in found || found.document.kind !== 'index' ? null : found.document.manifests;
}
/** All pages of a list, one after the other; null when the first is not there, or `read` finds no list in it. */
async function readPages(connection, question, read) {
    const items = [];
    const pages = new Set();
    for (let at = question.at; at !== null;) {
        if (pages.has(at) || pages.size >= mostPages)
            throw connection.wrong(question, `the list has no end after ${pages.size} pages`);
        pages.add(at);
        const answer = await connection.ask({ ...question, at });
        const found = answer.status === 200 ? read(answer) : null;
        if (found === null && pages.size === 1)
            return null;
        if (found === null)
            throw connection.wrong(question, `page ${pages.size} is no list`);
        items.push(...found);
        const next = nextPage(answer.headers.get('link'));
        at = next === null ? null : (URL.parse(next, answer.url.href)?.href ?? null);
    }
    return items;
}

;// CONCATENATED MODULE: ./src/platform/registry/uploads.ts

const uploads_attempts = 3;
const push = (path) => `repository:${path}:pull,push`;
/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs */
function uploadCalls(connection, path) {
    const target = { connection, path };
    return {
        takeBlob: async (blob, from) => {
            const begun = from.registry === connection.registry ? await mount(target, blob, from) : null;
            if (begun?.status === 201)
                return 'mounted';
            for (let attempt = 1;; attempt += 1) {
                try {
                    await copy(target, blob, from, attempt === 1 ? begun : null);
                    return 'copied';
                }
                catch (thrown) {
                    const again = thrown instanceof errors/* RegistryFailure */.Yp && thrown.retryAfterMs !== null;
                    if (!again || attempt >= uploads_attempts)
                        throw thrown;
                }
            }
        },
    };
}
function uploadOf({ path }, what) {
    const at = `/v2/${path}/blobs/uploads/`;
    return { what, method: 'POST', at, take: 64 * 1024, scopes: [push(path)] };
}
/** 201 = the blob is there; 202 = it is not, and an upload has begun; null = this registry, or this login, may not mount. */
async function mount(target, { digest }, from) {
    const upload = uploadOf(target, `to mount ${digest} of ${from.path} in ${target.path}`);
    const query = new URLSearchParams({ mount: digest, from: from.path }).toString();
    const scopes = [...upload.scopes, `repository:${from.path}:pull`];
    const question = { ...upload, at: `${upload.at}?${query}`, scopes, expected: [201, 202] };
    try {
        return await target.connection.ask(question);
    }
    catch (thrown) {
        if (thrown instanceof errors/* RegistryFailure */.Yp && thrown.status >= 400 && thrown.status < 429)
            return null;
        throw thrown;
    }
}
/** The bytes go in one PATCH, as docker sends them; the registry has not seen their end when they turn out to be wrong. */
async function copy(target, blob, from, begun) {
    const { connection } = target;
    const upload = uploadOf(target, `to take ${blob.digest} in ${target.path}`);
    const started = begun ?? (await connection.ask({ ...upload, expected: [202] }));
    const sent = await connection.ask({
        ...{
            ...upload,
            method: 'PATCH',
            at: placeIn(started, target, upload).href,
            expected: [201, 202, 204],
        },
        headers: { 'content-type': 'application/octet-stream' },
        body: await from.openBlob(blob),
    });
    const place = placeIn(sent, target, upload);
    place.searchParams.set('digest', blob.digest);
    await connection.ask({ ...upload, method: 'PUT', at: place.href, expected: [201] });
}
function placeIn({ headers, url }, { connection }, question) {
    const place = URL.parse(headers.get('location') ?? 'none:', url.href);
    if (place !== null && place.protocol !== 'none:')
        return place;
    throw connection.wrong(question, 'it does not say where to');
}

;// CONCATENATED MODULE: ./src/platform/registry/repository.ts



/** Opens it; nothing is asked yet. */
function openRepository(connection, path) {
    return {
        registry: connection.registry,
        path,
        ...manifestCalls(connection, path),
        ...blobCalls(connection, path),
        ...uploadCalls(connection, path),
    };
}

;// CONCATENATED MODULE: ./src/wiring/open-registries.ts




/** Repositories of any registry; one connection a registry, and the same object for the same repository. */
function openRegistries({ username, password, registry }, signal) {
    const connections = new Map();
    const repositories = new Map();
    const given = username === undefined || password === undefined
        ? null
        : { kind: 'password', username, password };
    const connect = (name) => {
        const login = () => given !== null && name === registry ? Promise.resolve(given) : dockerCredentials(name);
        return connectRegistry(name, login, { clock: clock/* systemClock */.m, signal });
    };
    return (reference) => {
        const name = `${reference.registry}/${reference.path}`;
        const connection = connections.get(reference.registry) ?? connect(reference.registry);
        connections.set(reference.registry, connection);
        const repository = repositories.get(name) ?? openRepository(connection, reference.path);
        repositories.set(name, repository);
        return repository;
    };
}

;// CONCATENATED MODULE: ./src/wiring/scanned-images.ts





/** Images as the engine of this machine and the registries know them. */
function scannedImages(signal, tell) {
    return {
        localImage: async (reference) => {
            const host = (0,local_host/* localHost */.O)();
            // As the docker command finds its engine: by context, variable or socket.
            const open = () => host.openStream(['docker', 'system', 'dial-stdio']);
            const engine = openEngine({ open });
            try {
                return (await findImage(engine, reference))?.id ?? null;
            }
            catch (thrown) {
                signal.throwIfAborted();
                tell(`No engine of this machine was asked for the image: ${(0,errors/* messageOf */.bD)(thrown)}`);
                return null;
            }
            finally {
                engine.close();
                await host.close();
            }
        },
        registryDigest: async (reference) => {
            const logins = { username: undefined, password: undefined, registry: undefined };
            const repository = openRegistries(logins, signal)(reference);
            const manifest = await repository.manifest(reference.tag ?? 'latest');
            return manifest?.digest ?? null;
        },
    };
}


/***/ })

};
