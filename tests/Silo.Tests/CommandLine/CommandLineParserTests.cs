using System.Security.Cryptography;
using OrleansBroker.Silo.CommandLine;

namespace OrleansBroker.Silo.Tests.CommandLine;

public sealed class CommandLineParserTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--Broker:Roles=x", "--help")]
    [InlineData("password", "--help")]
    public void Parse_Help_WinsWhateverElse(params string[] arguments) => Assert.IsType<Invocation.Help>(CommandLineParser.Parse(arguments));

    [Fact]
    public void Parse_Version_IsVersion() => Assert.IsType<Invocation.Version>(CommandLineParser.Parse(["--version"]));

    [Fact]
    public void Parse_Options_AreTakenInBothForms()
    {
        var serve = Assert.IsType<Invocation.Serve>(CommandLineParser.Parse(
            ["--Broker:Roles=Core", "--config", "my file.json", "--broker:Storage:Path", "a=b", "--Logging:LogLevel:Default=Debug", "--Broker:Http:Listen="]));

        Assert.Equal("my file.json", serve.ConfigFile);
        Assert.Equal(("Core", "a=b", "Debug", ""), (serve.Values["Broker:Roles"], serve.Values["Broker:Storage:Path"], serve.Values["Logging:LogLevel:Default"], serve.Values["Broker:Http:Listen"]));
        Assert.Equal(4, serve.Values.Count);
    }

    [Theory]
    [InlineData("--bogus", "--bogus")]
    [InlineData("serve", "serve")]
    [InlineData("--Brokr:Roles=Core", "--Brokr:Roles")]
    [InlineData("--broker", "--broker")]
    [InlineData("--Broker:Roles", "--Broker:Roles")]
    [InlineData("--Broker:Roles --config=x", "--Broker:Roles")]
    [InlineData("--Broker:Roles=a --broker:roles=b", "--broker:roles")]
    [InlineData("--config", "--config")]
    [InlineData("--config=", "--config")]
    [InlineData("--config=a --config=b", "--config")]
    [InlineData("checkpoint", "--to")]
    [InlineData("checkpoint --to", "--to")]
    [InlineData("checkpoint --to x --path=", "--path")]
    [InlineData("checkpoint --to x --force", "--force")]
    [InlineData("password --user ann", "--file")]
    [InlineData("password --file users", "--user")]
    [InlineData("password --file users --user", "--user")]
    [InlineData("password --file users --user a:b", "--user")]
    [InlineData("password --file users --user ann --iterations 10", "--iterations")]
    [InlineData("password --file users --user ann --algorithm md5", "--algorithm")]
    [InlineData("password --file users --user ann --delete=no", "--delete")]
    [InlineData("password --file users --user ann --password x", "--password")]
    public void Parse_BadLine_NamesTheArgument(string line, string argument) =>
        Assert.Contains(argument, Assert.IsType<Invocation.Bad>(CommandLineParser.Parse(line.Split(' '))).Reason, StringComparison.Ordinal);

    [Fact]
    public void Parse_Password_IsTheCommand()
    {
        Assert.Equal(new Invocation.Password("users", "ann", Delete: false, Iterations: null, HashAlgorithmName.SHA512), CommandLineParser.Parse(["password", "--file", "users", "--user=ann"]));
        Assert.Equal(new Invocation.Password("users", "ann", Delete: true, Iterations: 5_000, HashAlgorithmName.SHA512), CommandLineParser.Parse(["password", "--delete", "--file=users", "--user", "ann", "--iterations", "5000"]));
        Assert.Equal(new Invocation.Password("users", "ann", Delete: false, Iterations: null, HashAlgorithmName.SHA256), CommandLineParser.Parse(["password", "--file=users", "--user=ann", "--algorithm", "sha256"]));
    }

    [Fact]
    public void Format_Help_HasEveryKeyAndFitsExitCodes()
    {
        string help = HelpText.Format();

        Assert.All(Silo.Options.Table.SettingTable.All, setting => Assert.Contains($"  {setting.Key}={setting.Default}\n", help, StringComparison.Ordinal));
        Assert.Contains("Exit codes: 0 ", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Checkpoint_HasTheDefaultPathUnlessOneIsGiven()
    {
        Assert.Equal(new Invocation.Checkpoint("./data", "copy"), CommandLineParser.Parse(["checkpoint", "--to", "copy"]));
        Assert.Equal(new Invocation.Checkpoint("/var/lib/broker", "copy"), CommandLineParser.Parse(["checkpoint", "--path=/var/lib/broker", "--to=copy"]));
    }
}
