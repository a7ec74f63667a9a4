using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OrleansBroker.Api.Frame;

namespace OrleansBroker.Api.Tests.Frame;

/// <summary>A query is what the endpoint says, or is refused by the name of what is wrong.</summary>
public sealed class QueryTests
{
    private static readonly QueryParameter<int> Limit = Paging.Limit;
    private static readonly QueryParameter<long?> Whole = Query.Whole("whole", -5, long.MaxValue, "Whole.");
    private static readonly QueryParameter<bool?> Switch = Query.Switch("switch", "Switch.");
    private static readonly QueryParameter<string?> Text = Query.Text("text", 4, "Text.");
    private static readonly QueryParameter<DateTimeOffset?> Time = Query.Time("time", "Time.");
    private static readonly QueryParameter<DayOfWeek?> Choice = Query.Choice("choice", [("monday", DayOfWeek.Monday), ("friday", DayOfWeek.Friday)], "Choice.");
    private static readonly QueryParameter<IReadOnlyList<string>?> Names = Query.Names("names", ["a", "b"], "Names.");

    [Theory]
    [InlineData("", "100|||||")]
    [InlineData("limit=1", "1|||||")]
    [InlineData("limit=1000&switch=true", "1000||True|||")]
    [InlineData("whole=-5&&switch=false", "100|-5|False|||")]
    [InlineData("whole=9223372036854775807", "100|9223372036854775807||||")]
    [InlineData("%6cimit=%31", "1|||||")]
    [InlineData("text=%2B%20%26=", "100|||+ &=||")]
    [InlineData("text=%F0%9F%98%80", "100|||😀||")]
    [InlineData("choice=friday&names=b,a", "100||||Friday|b,a")]
    [InlineData("time=2026-01-31T12:00:00Z", "100|||||", 1769860800000)]
    [InlineData("time=2026-01-31t12:00:00.5%2B01:00", "100|||||", 1769857200500)]
    public async Task Query_OfWhatIsTaken_ArrivesAsItsValues(string query, string values, long? time = null)
    {
        await using var host = await StartAsync();

        Assert.Equal($"{values}|{time}", (await host.Api.GetAsync($"/api/v1/query?{query}")).Body);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=", "limit")]
    [InlineData("limit", "limit")]
    [InlineData("limit=1&limit=1", "limit")]
    [InlineData("limit=%2B1", "limit")]
    [InlineData("limit=+1", "limit")]
    [InlineData("limit=1e2", "limit")]
    [InlineData("limit=1.0", "limit")]
    [InlineData("limit=%201", "limit")]
    [InlineData("limit=99999999999999999999", "limit")]
    [InlineData("limit=%D9%A1", "limit")] // an Arabic digit
    [InlineData("whole=-6", "whole")]
    [InlineData("switch=1", "switch")]
    [InlineData("switch=True", "switch")]
    [InlineData("text=", "text")]
    [InlineData("text=abcde", "text")]
    [InlineData("text=%F0%9F%98%80a", "text")]
    [InlineData("text=a+b", "text")]
    [InlineData("text=%", "text")]
    [InlineData("text=%FF", "text")]
    [InlineData("text=%00", "text")]
    [InlineData("time=2026-01-31", "time")]
    [InlineData("time=2026-02-30T12:00:00Z", "time")]
    [InlineData("time=2026-01-31T12:00:00", "time")]
    [InlineData("time=2026-01-31T12:00:00+01:00", "time")]
    [InlineData("time=2026-01-31T12:00:00.12345678Z", "time")]
    [InlineData("choice=sunday", "choice")]
    [InlineData("choice=Monday", "choice")]
    [InlineData("names=a,a", "names")]
    [InlineData("names=a,", "names")]
    [InlineData("names=c", "names")]
    public async Task Query_ValueThatIsNotAccepted_NamesTheParameter(string query, string parameter)
    {
        await using var host = await StartAsync();

        var answer = await host.Api.GetAsync($"/api/v1/query?{query}");

        Assert.Equal((400, "invalid-parameter", parameter), (answer.Status, answer.Code, (string?)answer.Json["parameter"]));
    }

    [Theory]
    [InlineData("Limit=1", "Limit")]
    [InlineData("limit=1&x", "x")]
    [InlineData("lim%C3%ADt=1", "limít")]
    [InlineData("=1", "")]
    public async Task Query_UnknownParameter_IsRefusedByName(string query, string parameter)
    {
        await using var host = await StartAsync();

        var answer = await host.Api.GetAsync($"/api/v1/query?{query}");

        Assert.Equal((400, "unknown-parameter", parameter), (answer.Status, answer.Code, (string?)answer.Json["parameter"]));
    }

    [Fact]
    public async Task Query_RequiredAndMissing_IsRefusedByName()
    {
        await using var host = await FrameHost.StartAsync(static api => api.MapGet("/query", static (ApiQuery _) => TypedResults.Ok()).RequireRole(ApiRole.Read)
            .Takes(Query.Text("needed", 9, "Needed.").Required()));

        var answer = await host.Api.GetAsync("/api/v1/query");

        Assert.Equal((400, "invalid-parameter", "needed"), (answer.Status, answer.Code, (string?)answer.Json["parameter"]));
        Assert.Equal(200, (await host.Api.GetAsync("/api/v1/query?needed=x")).Status);
    }

    private static Task<FrameHost> StartAsync() => FrameHost.StartAsync(static api => api
        .MapGet("/query", static (ApiQuery query) => TypedResults.Text(string.Join('|',
            query.Get(Limit), query.Get(Whole), query.Get(Switch), query.Get(Text), query.Get(Choice), string.Join(',', query.Get(Names) ?? []), query.Get(Time)?.ToUnixTimeMilliseconds())))
        .RequireRole(ApiRole.Read)
        .Takes(Limit, Whole, Switch, Text)
        .Takes(Time, Choice, Names));
}
