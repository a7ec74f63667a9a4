using System.Text;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Rules;

namespace OrleansBroker.Gateway.Tests.Admission.Rules;

public sealed class AuthorizationFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Load_FileOfTheDocumentation_DecidesAsItSays()
    {
        var authorizer = Load(ExampleOfTheDocumentation());
        var device = authorizer.For(ClientIdentity.Anonymous, "dev1");
        var ann = authorizer.For(new ClientIdentity("ann"), "dev1");
        var bridge = authorizer.For(ClientIdentity.Anonymous, "the bridge");

        Assert.True(device.MayPublish("devices/dev1/data/x"u8));
        Assert.False(device.MayPublish("devices/dev2/data/x"u8));
        Assert.False(device.MayPublish("plant/x"u8));
        Assert.True(device.MaySubscribe("devices/dev1/commands"u8));
        Assert.False(device.MaySubscribe("devices/+/commands"u8));
        Assert.False(device.MaySubscribe("#"u8));
        Assert.True(device.MaySubscribe("plant/hall/+"u8));
        Assert.False(device.MaySubscribe("plant/secret/x"u8));
        Assert.False(device.MaySubscribe("plant/#"u8));
        Assert.False(device.MaySubscribe("plant/+/x"u8));
        Assert.True(ann.MayPublish("plant/secret/x"u8));
        Assert.True(ann.MaySubscribe("plant/#"u8));
        Assert.True(bridge.MayPublish("bridge/all the topics/x"u8));
        Assert.False(device.MayPublish("bridge/all the topics/x"u8));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("default deny", false)]
    [InlineData("default allow", true)]
    public void Load_NoRuleMatches_DefaultDecides(string text, bool allowed)
    {
        var permissions = Load(text).For(ClientIdentity.Anonymous, "c");

        Assert.Equal(allowed, permissions.MayPublish("a"u8));
        Assert.Equal(allowed, permissions.MaySubscribe("#"u8));
    }

    [Fact]
    public void Load_TwoRulesMatch_FirstDecides()
    {
        Assert.True(Load("allow publish a\ndeny publish a").For(ClientIdentity.Anonymous, "c").MayPublish("a"u8));
        Assert.False(Load("deny publish a\nallow publish a").For(ClientIdentity.Anonymous, "c").MayPublish("a"u8));
    }

    [Fact]
    public void Load_DenyAll_TakesDollarTopicsAndAllowAllDoesNot()
    {
        Assert.False(Load("deny all all #\ndefault allow").For(ClientIdentity.Anonymous, "c").MayPublish("$SYS/x"u8));
        Assert.False(Load("allow all all #").For(ClientIdentity.Anonymous, "c").MaySubscribe("$SYS/#"u8));
        Assert.True(Load("allow all all #\nallow all all $SYS/#").For(ClientIdentity.Anonymous, "c").MaySubscribe("$SYS/#"u8));
    }

    [Theory]
    [InlineData("permit publish a", "a rule is")]
    [InlineData("allow", "a rule is")]
    [InlineData("allow publish", "a rule is")]
    [InlineData("allow all a/b", "a rule is")]
    [InlineData("allow user publish a", "a rule is")]
    [InlineData("allow user \"ann publish a", "a rule is")]
    [InlineData("allow publish \"a\" b", "a rule is")]
    [InlineData("#allow publish a", "a rule is")]
    [InlineData("allow publish a/#/b", "last level")]
    [InlineData("allow publish dev-%c", "whole level")]
    [InlineData("allow subscribe $share/g/a", "without $share")]
    [InlineData("default", "default allow|deny")]
    [InlineData("default perhaps", "default allow|deny")]
    [InlineData("default allow always", "default allow|deny")]
    public void Load_BadLine_NamesFileAndLine(string line, string reason)
    {
        string path = _folder.Write("rules", $"# comment\n#\nallow publish a\n{line}\n");

        var failure = Assert.Throws<AdmissionFileException>(() => AuthorizationFile.Load(path, cacheEntries: 16));

        Assert.StartsWith($"{path}, line 4: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_RuleAfterDefault_IsRefused() =>
        Assert.Contains("line 2", Assert.Throws<AdmissionFileException>(() => Load("default allow\ndeny publish a")).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_TooManyRules_IsRefused()
    {
        var text = new StringBuilder().Insert(0, "allow publish a\n", AuthorizationFile.MaxRules);
        Load(text.ToString());

        Assert.Throws<AdmissionFileException>(() => Load(text.Append("allow publish a\n").ToString()));
    }

    public void Dispose() => _folder.Dispose();

    private static string ExampleOfTheDocumentation()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrleansBroker.sln")))
            folder = folder.Parent!;
        const string Begin = "```\n# Devices";
        string text = File.ReadAllText(Path.Combine(folder.FullName, "docs", "authorization.md"));
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + "```\n".Length;
        return text[begin..text.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    private IAuthorizer Load(string text) => AuthorizationFile.Load(_folder.Write("rules", text), cacheEntries: 16);
}
