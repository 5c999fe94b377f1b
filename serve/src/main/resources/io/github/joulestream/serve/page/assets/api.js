// SPDX-License-Identifier: Apache-2.0
// Reads the API.

/** An answer that is a problem of RFC 9457, or no answer at all (status 0). */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || 'status ' + status);
    this.status = status;
    this.title = problem.title || '';
    this.parameter = problem.parameter;
  }
}

/**
 * Makes api(path, {signal, method, body}): the parsed JSON of an answer; else it throws ApiError.
 *
 * @param unauthorised called at 401
 */
export function apiOf(unauthorised) {
  return async function api(path, {signal, method = 'GET', body} = {}) {
    let response;
    try {
      response = await fetch(path, {
        signal, method, credentials: 'same-origin',
        headers: {Accept: 'application/json', ...(body === undefined ? {} : {'Content-Type': 'application/json'})},
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (e) {
      if (e.name === 'AbortError') {
        throw e;
      }
      throw new ApiError(0, {title: 'The server cannot be reached'});
    }
    if (response.ok) {
      return response.status === 204 ? null : response.json();
    }
    const problem = (response.headers.get('Content-Type') || '').includes('json')
      ? await response.json() : {title: response.statusText};
    if (response.status === 401 && method === 'GET') {
      unauthorised();
    }
    throw new ApiError(response.status, problem);
  };
}

/** Id of a job of the decoded parts of its path, as the API's document has them. */
export function jobOf(cluster, id) {
  const plain = (part) => part.replaceAll('~1', '/').replaceAll('~2', '.').replaceAll('~3', '').replaceAll('~4', '\\').replaceAll('~0', '~');
  return cluster === '-' ? plain(id) : plain(cluster) + '/' + plain(id);
}

/** Path of a site, node or job in the page. A job's row has `path` of the API: /api/v1/jobs/... */
export const paths = {
  site: (site) => '/sites/' + encodeURIComponent(site),
  node: (site, node) => '/sites/' + encodeURIComponent(site) + '/nodes/' + encodeURIComponent(node),
  history: (site) => '/sites/' + encodeURIComponent(site) + '/history',
  job: (apiPath) => apiPath.replace(/^\/api\/v1/, ''),
  reports: () => '/reports',
};
