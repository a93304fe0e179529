// A provider of OpenID Connect on the loopback, for tests: says its address once it answers, ends with its standard input.
// Whoever signs in is who they say. A line `name group group` puts somebody into these groups, and is said again.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Provider } from "oidc-provider";

const back = /^http:\/\/127\.0\.0\.1:\d+\/sign-in\/back$/;
const [, , secret] = process.argv;

const groups = new Map();

const account = (id) => ({
  accountId: id,
  claims: () => ({ sub: id, preferred_username: id, groups: groups.get(id) ?? [] }),
});

const consented = async ({ oidc }) => {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope(oidc.params.scope);
  await grant.save();
  return grant;
};

const client = (id, method) => ({
  client_id: id,
  ...(method === "none" ? {} : { client_secret: secret }),
  token_endpoint_auth_method: method,
  redirect_uris: ["http://127.0.0.1:1/sign-in/back"],
  grant_types: ["authorization_code"],
  response_types: ["code"],
});

const server = createServer().listen(0, "127.0.0.1", () => {
  const provider = new Provider(`http://localhost:${server.address().port}`, {
    clients: [client("leeway", "client_secret_basic"), client("leeway-public", "none"), client("another", "none")],
    claims: { openid: ["sub"], profile: ["preferred_username"], groups: ["groups"] },
    conformIdTokenClaims: false, // many put a person's claims into the ID token
    cookies: { keys: ["of no worth: a test"] },
    findAccount: (_, id) => account(id),
    loadExistingGrant: consented,
    pkce: { required: () => true },
    scopes: ["openid", "profile", "email", "groups"],
  });
  provider.Client.prototype.redirectUriAllowed = (uri) => back.test(uri); // the port of the server under test is not known yet
  server.on("request", provider.callback());
  console.log(provider.issuer);
});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [name, ...theirs] = line.split(" ");
    groups.set(name, theirs);
    console.log(line);
  })
  .on("close", () => process.exit(0));
