using OrleansBroker.Gateway.Admission.Passwords;
using OrleansBroker.Silo.CommandLine;

namespace OrleansBroker.Silo.Tests.CommandLine;

public sealed class PasswordCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orleans-broker-");
    private readonly StringWriter _output = new();

    private string File => Path.Combine(_folder.FullName, "users");

    [Fact]
    public void Run_AddChangeDelete_SaysAndDoesSo()
    {
        Run("one");
        Run("two");
        Assert.Equal(1, PasswordTable.Load(File).Count);
        Run(null, delete: true);

        Assert.Equal("added ann\nchanged ann\nremoved ann\n", _output.ToString().ReplaceLineEndings("\n"));
        Assert.Equal(0, PasswordTable.Load(File).Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Run_NoPassword_ChangesNothing(string? password)
    {
        Assert.Throws<BadOptionsException>(() => Run(password));

        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void Run_DeleteUnknownUser_SaysSo()
    {
        System.IO.File.WriteAllText(File, "");

        Assert.Contains("no user ann", Assert.Throws<BadOptionsException>(() => Run(null, delete: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FolderIsMissing_SaysSo()
    {
        var command = new Invocation.Password(Path.Combine(_folder.FullName, "no", "users"), "ann", Delete: false, PasswordHash.MinIterations);

        Assert.Contains("users", Assert.Throws<BadOptionsException>(() => PasswordCommand.Run(command, new Prompt("x"), _output)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _output.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Run(string? password, bool delete = false) => PasswordCommand.Run(new(File, "ann", delete, PasswordHash.MinIterations), new Prompt(password), _output);

    private sealed class Prompt(string? password) : IPasswordPrompt
    {
        public string? Read(string userName) => password;
    }
}
