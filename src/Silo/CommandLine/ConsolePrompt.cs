using System.Text;

namespace OrleansBroker.Silo.CommandLine;

/// <summary>Standard input: its first line when it is a file or a pipe, otherwise asked for twice without showing it.</summary>
internal sealed class ConsolePrompt : IPasswordPrompt
{
    public string? Read(string userName)
    {
        if (Console.IsInputRedirected)
        {
            using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return input.ReadLine();
        }
        string? first = Ask($"Password of {userName}: ");
        return first == Ask("Once more: ") ? first : null;
    }

    private static string Ask(string question)
    {
        // Standard error, so that standard output can be redirected.
        Console.Error.Write(question);
        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (key.KeyChar != '\0')
                typed.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
