using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Frame.Access;
using OrleansBroker.Silo.ApiKeys;
using OrleansBroker.Silo.CommandLine;

namespace OrleansBroker.Silo.Tests.CommandLine;

public sealed class ApiKeyCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orleans-broker-");
    private readonly StringWriter _output = new() { NewLine = "\n" };

    private string Keys => Path.Combine(_folder.FullName, "keys");

    [Fact]
    public void Run_AddListRemove_PrintsTheKeyOnceAndKeepsItsHash()
    {
        Run("add", Keys, "ops", "--role", "admin");
        Run("add", Keys, "app", "--role=publish,read");
        string[] keys = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string file = File.ReadAllText(Keys);

        Assert.All(keys, key => Assert.DoesNotContain(key[3..], file, StringComparison.Ordinal));
        Assert.All(keys, static key => Assert.Equal(ApiKey.Length, key.Length));
        var records = ApiKeyFile.Parse(Keys, File.ReadAllLines(Keys));
        Assert.Equal([("ops", ApiRole.Admin), ("app", ApiRole.Publish | ApiRole.Read)], records.Select(static record => (record.Name, record.Roles)));
        Assert.Equal(keys.Select(ApiKey.Hash), records.Select(static record => record.Hash));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Keys));

        _output.GetStringBuilder().Clear();
        Run("remove", Keys, "ops");
        Run("list", Keys);
        Assert.Equal("removed ops\napp read,publish 1970-01-01T00:00:00Z\n", _output.ToString());
    }

    [Theory]
    [InlineData("add KEYS ops --role admin", "already")]
    [InlineData("remove KEYS nobody", "no key nobody")]
    [InlineData("remove NONE ops", "cannot be read")]
    [InlineData("list NONE", "cannot be read")]
    public void Run_WhatCannotBe_SaysWhyAndChangesNothing(string line, string reason)
    {
        Run("add", Keys, "ops", "--role", "admin");
        string before = File.ReadAllText(Keys);

        var refused = Assert.Throws<BadOptionsException>(() => Run(line.Replace("KEYS", Keys, StringComparison.Ordinal).Replace("NONE", Keys + "2", StringComparison.Ordinal).Split(' ')));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Keys));
        Assert.Single(_folder.EnumerateFiles());
    }

    [Theory]
    [InlineData("api-key", "add FILE")]
    [InlineData("api-key make f n", "add FILE")]
    [InlineData("api-key add f", "add FILE")]
    [InlineData("api-key add f n", "--role")]
    [InlineData("api-key add f n --role", "--role")]
    [InlineData("api-key add f n --role root", "root")]
    [InlineData("api-key add f n --role read --role admin", "twice")]
    [InlineData("api-key add f n --rule read", "--rule")]
    [InlineData("api-key add f a:b --role read", "name")]
    [InlineData("api-key add --role read f", "add FILE")]
    [InlineData("api-key list f g", "add FILE")]
    public void Parse_BadLine_SaysWhatIsWrong(string line, string reason) =>
        Assert.Contains(reason, Assert.IsType<Invocation.Bad>(CommandLineParser.Parse(line.Split(' '))).Reason, StringComparison.Ordinal);

    [Fact]
    public void Reload_FileChangedThenBroken_KeepsTheLastGoodKeys()
    {
        Run("add", Keys, "ops", "--role", "admin");
        var file = ApiKeyFile.Open(Keys);
        Assert.False(file.ReloadIfChanged());

        Run("add", Keys, "app", "--role", "read");
        Assert.True(file.ReloadIfChanged());
        Assert.Equal(2, file.Current.Count);

        File.WriteAllText(Keys, "not a file of keys");
        Assert.Throws<Gateway.Admission.AdmissionFileException>(() => file.ReloadIfChanged());
        Assert.Equal(2, file.Current.Count);
    }

    public void Dispose()
    {
        _output.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Run(params string[] arguments) =>
        ApiKeyCommand.Run(Assert.IsType<Invocation.ApiKey>(CommandLineParser.Parse(["api-key", .. arguments])), new Epoch(), _output);

    private sealed class Epoch : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
