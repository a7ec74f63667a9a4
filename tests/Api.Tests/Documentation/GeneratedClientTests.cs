using System.Text.Json.Nodes;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Documentation;

/// <summary>A client that is generated from the document works.</summary>
public sealed class GeneratedClientTests(ApiBroker broker)
{
    private static readonly string Document = Repository.PathOf("docs", "rest", "openapi.json");

    [Fact]
    public async Task GeneratedClient_OfTheDocument_ListsAndDisconnectsASession()
    {
        string clientId = $"generated/{Unique.ClientId()}";
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, clientId, 60));
        (await NodeTools.RunAsync("openapi-typescript", Document, "--output", Path.Combine("generated", "api.d.ts"))).EnsureSuccess();
        // Strict: a member or a parameter that the document does not have ends it here.
        (await NodeTools.RunAsync("tsc", "--project", ".")).EnsureSuccess();

        var run = (await NodeTools.NodeAsync(Path.Combine("generated", "client.js"), broker.Api.Address.ToString().TrimEnd('/'), clientId)).EnsureSuccess();

        var result = JsonNode.Parse(run.Output)!;
        Assert.Contains(clientId, result["clientIds"]!.AsArray().Select(static each => (string?)each));
        Assert.InRange((int)result["disconnected"]!, 200, 204);
        await client.ExpectClosedAsync();
        Assert.False((bool?)(await broker.Api.GetAsync($"/api/v1/sessions/{Uri.EscapeDataString(clientId)}")).Json["connected"]);
    }
}
