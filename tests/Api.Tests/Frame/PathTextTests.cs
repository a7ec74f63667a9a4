using System.Buffers.Text;
using System.Text;
using OrleansBroker.Api.Frame;

namespace OrleansBroker.Api.Tests.Frame;

/// <summary>What stands in a path is what the endpoint gets: decoded once, over a real server.</summary>
public sealed class PathTextTests
{
    [Fact]
    public async Task Path_EveryAsciiCharacter_ArrivesEncodedAndInBase64()
    {
        await using var host = await FrameHost.StartEchoAsync();
        for (int code = 1; code < 128; code++)
        {
            string text = $"a{(char)code}b";
            Assert.Equal((code, 200, text), (code, (await host.Api.GetAsync($"/api/v1/echo/{Encode(text)}")).Status, (await host.Api.GetAsync($"/api/v1/echo/{Encode(text)}")).Body));
            Assert.Equal((code, text), (code, (await host.Api.GetAsync($"/api/v1/echo/{Base64(text)}")).Body));
            Assert.Equal((code, text), (code, (await host.Api.GetAsync($"/api/v1/echo/{PathText.Encode(text)}")).Body));
        }
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("a%25252Fb", "a%252Fb")]
    [InlineData("%2F", "/")]
    [InlineData("%2e%2F%2e", "./.")]
    [InlineData("...", "...")]
    [InlineData("%2E%2E%2E", "...")]
    [InlineData("a..", "a..")]
    [InlineData("a+b", "a+b")]
    [InlineData("$share%2Fg%2F%23", "$share/g/#")]
    [InlineData("a;b=c,d", "a;b=c,d")]
    [InlineData("%F0%9F%98%80", "😀")]
    [InlineData("%c3%a9", "é")]
    [InlineData("~fmE", "~a")]
    [InlineData("%7EfmE", "~a")]
    [InlineData("~Lg", ".")]
    [InlineData("~Li4", "..")]
    [InlineData("~fg", "~")]
    [InlineData("~8J-YgA", "😀")]
    [InlineData("a~b", "a~b")]
    public async Task Path_EachForm_IsDecodedOnce(string raw, string text)
    {
        await using var host = await FrameHost.StartEchoAsync();

        var answer = await host.Api.GetAsync($"/api/v1/echo/{raw}");
        var two = await host.Api.GetAsync($"/api/v1/echo/{raw}/%2F{raw.Replace('~', '-')}?");

        Assert.Equal((200, text), (answer.Status, answer.Body));
        Assert.StartsWith(text + "\n/", two.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("a%2")]
    [InlineData("a%2g")]
    [InlineData("%G0")]
    [InlineData("%FF")]
    [InlineData("%C0%AF")] // an overlong /
    [InlineData("%E0%80%AF")]
    [InlineData("%ED%A0%80")] // a surrogate
    [InlineData("%F4%90%80%80")] // beyond Unicode
    [InlineData("%C3")]
    [InlineData("~")]
    [InlineData("~a")]
    [InlineData("~fmF")] // bits that mean nothing
    [InlineData("~fmE%3D")]
    [InlineData("~fm E")]
    [InlineData("~AA")] // U+0000
    [InlineData("~wK8")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("%2e")]
    [InlineData(".%2E")]
    [InlineData("%2e%2e/a")]
    [InlineData("a/..")]
    public async Task Path_WhatIsNoText_IsRefused(string raw)
    {
        await using var host = await FrameHost.StartEchoAsync();

        var answer = await host.Api.GetAsync($"/api/v1/echo/{raw.Replace(" ", "%20", StringComparison.Ordinal)}");

        Assert.Equal((400, "invalid-path"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Path_Nul_IsRefusedByTheServer()
    {
        await using var host = await FrameHost.StartEchoAsync();

        Assert.Equal(400, (await host.Api.GetAsync("/api/v1/echo/a%00b")).Status);
    }

    [Theory]
    [InlineData("/api/v1/echo")]
    [InlineData("/api/v1/echo//a")]
    [InlineData("/api/v1/echo/a/b/c")]
    [InlineData("/api/v1/%65cho/a/../../..")]
    [InlineData("/API/V1/none")]
    public async Task Path_OfNoEndpoint_IsAProblem(string path)
    {
        await using var host = await FrameHost.StartEchoAsync();

        Assert.Contains((await host.Api.GetAsync(path)).Code, (string?[])["not-found", "invalid-path"]);
    }

    [Fact]
    public async Task Path_HundredThousandTexts_ComeBackAsTheyWere()
    {
        var random = new Random(7);
        for (int i = 0; i < 100_000; i++)
        {
            string text = RandomText(random);
            Assert.True(PathText.TryParse(PathText.Encode(text), out var plain));
            Assert.True(PathText.TryParse(Base64(text), out var base64));
            Assert.Equal((text, text), (plain.Text, base64.Text));
        }
        await Task.CompletedTask;
    }

    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        for (int length = random.Next(1, 8); length > 0; length--)
        {
            int rune = random.Next(4) switch { 0 => random.Next(1, 128), 1 => "~./%"[random.Next(4)], 2 => random.Next(0x80, 0xD800), _ => random.Next(0xE000, 0x110000) };
            text.Append(new Rune(rune));
        }
        return text.ToString();
    }

    private static string Encode(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(each => $"%{each:X2}"));

    private static string Base64(string text) => "~" + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
