using System.Net.Http.Headers;
using System.Text;

namespace OrleansBroker.Api.Tests;

/// <summary>Asks the API of one node; a path goes out as it is written, nothing is encoded, decoded or removed.</summary>
public sealed class ApiClient(Uri address) : IDisposable
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

    public Uri Address { get; } = address;

    public Task<ApiAnswer> GetAsync(string path, string? key = null) => SendAsync(HttpMethod.Get, path, key: key);

    public Task<ApiAnswer> DeleteAsync(string path, string? key = null) => SendAsync(HttpMethod.Delete, path, key: key);

    public Task<ApiAnswer> PostAsync(string path, string json, string? key = null) => SendAsync(HttpMethod.Post, path, json, key);

    public Task<ApiAnswer> PutAsync(string path, string json, string? key = null) => SendAsync(HttpMethod.Put, path, json, key);

    /// <param name="json">The body, sent as application/json unless <paramref name="prepare"/> says otherwise.</param>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? json = null, string? key = null, Action<HttpRequestMessage>? prepare = null)
    {
        using var request = Request(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        prepare?.Invoke(request);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return await ApiAnswer.ReadAsync(response);
    }

    /// <summary>For an answer that goes on; the caller disposes it.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path) => OpenAsync(HttpMethod.Get, path, body: null, mediaType: "");

    /// <inheritdoc cref="OpenAsync(string)"/>
    public Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, string? body, string mediaType, (string Name, string Value)? header = null)
    {
        var request = Request(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, mediaType);
        if (header is { } extra)
            request.Headers.TryAddWithoutValidation(extra.Name, extra.Value);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path) =>
        new(method, new Uri($"{Address.Scheme}://{Address.Authority}{path}", AsWritten));
}
